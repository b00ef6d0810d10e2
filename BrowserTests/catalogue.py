"""The texts of the screens, read as the browser reads them."""

import json
from pathlib import Path

web = Path(__file__).resolve().parent.parent / "Web"
languages = ["en", "ur", "ka", "hi", "tr", "cy"]
areas = {path.stem: json.loads(path.read_text()) for path in sorted((web / "texts").glob("*.json"))}


def entries():
    """Every entry as ("area.key", {"note": …, "en": …, …})."""
    return [(f"{area}.{key}", entry) for area, keys in areas.items() for key, entry in keys.items()]


def forms(text):
    """All plural forms of a text, or the text itself."""
    return list(text.values()) if isinstance(text, dict) else [text]


def t(key, /, language="en", **values):
    """What the screen says under a key; only for texts without plural forms."""
    area, _, name = key.partition(".")
    text = areas[area][name][language]
    for placeholder, value in values.items():
        value = f"\u2068{value}\u2069" if language == "ur" else value
        text = text.replace("{%s}" % placeholder, value)
    return text
