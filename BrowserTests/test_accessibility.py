"""axe finds nothing serious or critical on any screen, in both directions and both colours."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from screens import open_screen, screens


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("en", "dark"), ("ur", "light")])
@pytest.mark.parametrize("name", screens)
def test_axe_finds_nothing_serious(visit, name, language, scheme):
    page = open_screen(visit, name, language, scheme)
    assert serious(page) == []


def serious(page):
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node.get('failureSummary', '')}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
