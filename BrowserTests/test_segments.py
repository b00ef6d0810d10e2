"""The parts of a contact can be told from each other by their colours, too, in light and dark."""

import pytest
from catalogue import t
from conftest import shots
from playwright.sync_api import expect
from screens import open_screen
from test_accessibility import serious

kinds = ["queue", "ring", "talk", "hold", "wrapUp"]

# On a panel, as a contact's page shows them, and nothing else: the screen behind would draw itself anew.
show = """async (segments) => {
    await import("/elements/segment-track/segment-track.js");
    const panel = document.createElement("div");
    panel.className = "panel";
    const track = document.createElement("segment-track");
    track.segments = segments.map(({ kind, label }, index) => ({ kind, label, from: index * 60000, to: (index + 1) * 60000 }));
    panel.append(track);
    const main = document.createElement("main");
    main.append(panel);
    document.body.replaceChildren(main);
}"""

# The colours as the screen has them, 0 to 255: of each part's edge, and of the panel.
colours = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const bytes = (colour) => {
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const parts = [...document.querySelectorAll("segment-track .segment")];
    return {
        edges: parts.map((part) => bytes(getComputedStyle(part).boxShadow.match(/^(oklch|oklab|rgb|color)\\([^)]*\\)/)[0])),
        panel: bytes(getComputedStyle(parts[0].closest(".panel")).backgroundColor),
    };
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_has_a_colour_of_its_own(visit, scheme):
    page = open_screen(visit, "contacts", "en", scheme)
    page.evaluate(show, [{"kind": kind, "label": t(f"contacts.segment.{kind}")} for kind in kinds])
    expect(page.get_by_text(t("contacts.segment.hold"), exact=True)).to_be_visible()
    shots.mkdir(exist_ok=True)
    page.screenshot(path=shots / f"segments-{scheme}.png")
    found = page.evaluate(colours)
    for index, edge in enumerate(found["edges"]):
        # WCAG 2.2, 1.4.11: what is told by colour stands out from what is beside it.
        assert contrast(edge, found["panel"]) >= 3, kinds[index]
        for other in range(index):
            assert distance(edge, found["edges"][other]) >= 60, (kinds[other], kinds[index])
    assert serious(page) == []


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    linear = [part / 255 / 12.92 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def distance(one, other):
    return sum((a - b) ** 2 for a, b in zip(one, other)) ** 0.5
