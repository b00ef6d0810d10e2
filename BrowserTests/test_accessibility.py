"""axe finds nothing serious or critical on any screen, in both directions and both colours."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import choose
from screens import arrive, open_screen, screens


@pytest.mark.parametrize("name", screens)
def test_axe_finds_nothing_serious(visit, name):
    page = open_screen(visit, name, "ur")
    assert serious(page) == [], "from right to left"
    choose(page, "en")
    arrive(page, name, "en")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert serious(page) == [], scheme


def serious(page):
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
