"""Every word of the screens is there in six languages and in its own script, and every key is used."""

import json
import re
import unicodedata

import pytest
from catalogue import entries, forms, languages, web

scripts = {"ka": "GEORGIAN", "hi": "DEVANAGARI", "ur": "ARABIC"}
categories = {"cy": {"zero", "one", "two", "few", "many", "other"}}
# The same words in both languages: "language key".
same_as_english = {
    line.split("#")[0].strip()
    for line in (web.parent / "script/texts-same-as-english.txt").read_text().splitlines()
    if line.strip() and not line.startswith("#")
}
allowed_names = {"Callfloor", "SIP"}


def placeholders(text):
    return set(re.findall(r"\{(\w+)\}", text))


def words(text):
    text = re.sub(r"\{\w+\}", "", text)
    return [word for word in re.findall(r"[^\W\d_]+", text) if word not in allowed_names]


@pytest.mark.parametrize(("key", "entry"), entries(), ids=[key for key, _ in entries()])
def test_a_text_is_there_in_six_languages(key, entry):
    assert entry["note"].strip()
    assert set(entry) == {"note", *languages}
    english = {form for form in forms(entry["en"])}
    wanted = set().union(*(placeholders(form) for form in english))
    for language in languages:
        text = entry[language]
        assert isinstance(text, dict) == isinstance(entry["en"], dict), f"{language}: plural forms everywhere or nowhere"
        if isinstance(text, dict):
            assert set(text) == categories.get(language, {"one", "other"})
        for form in forms(text):
            assert form.strip() == form != ""
            assert placeholders(form) == wanted, f"{language}: {form}"
            if language == "en" or not words(form):
                continue
            if f"{language} {key}" not in same_as_english:
                assert form not in english, f"{language} is left in English"
            if language in scripts:
                letters = [letter for word in words(form) for letter in word]
                own = [letter for letter in letters if unicodedata.name(letter, "").startswith(scripts[language])]
                assert len(own) == len(letters), f"{language} is not in its script: {form}"


def sources():
    return [path.read_text() for path in sorted(web.rglob("*.js"))]


def named_keys():
    """The keys named in the code: whole ones, and the beginnings of those a value completes."""
    areas = "|".join(path.stem for path in (web / "texts").glob("*.json"))
    whole, begun = set(), []
    for source in sources():
        whole |= set(re.findall(rf'"((?:{areas})\.[\w.]+)"', source))
        begun += [
            re.compile(re.sub(r"\\\$\\\{[^}]*\\\}", r"\\w+", re.escape(found)))
            for found in re.findall(rf"`((?:{areas})\.[\w.]*(?:\$\{{[^}}`]+\}}[\w.]*)+)`", source)
        ]
    return whole, begun


def test_no_key_is_missing():
    known = {key for key, _ in entries()}
    whole, begun = named_keys()
    assert whole - known == set()
    assert [pattern.pattern for pattern in begun if not any(pattern.fullmatch(key) for key in known)] == []


def test_no_key_is_unused():
    whole, begun = named_keys()
    assert [key for key, _ in entries() if key not in whole and not any(pattern.fullmatch(key) for pattern in begun)] == []


def test_the_patterns_are_there_in_six_languages():
    table = json.loads((web / "base/locales.json").read_text())
    assert set(table) == set(languages)
    for patterns in table.values():
        assert set(patterns) == set(table["en"])
        assert len(patterns["months"]) == len(patterns["monthsShort"]) == 12
