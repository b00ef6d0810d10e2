"""What is wrong with the set-up as it stands, so that callers are not served, stands above the floor."""

import pytest
from catalogue import t
from playwright.sync_api import expect
from test_accessibility import serious


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_queue_that_nobody_serves_is_told_above_the_floor(visit, language):
    # The centre under test has a queue for those who help, and nobody in it (server.py).
    page = visit("supervisor", "/floor", language)
    warning = page.get_by_role("listitem").filter(has_text=t("floor.warning.queueWithoutPeople", language, name="Supervisors"))
    expect(warning).to_be_visible()
    # A supervisor does not change the set-up: there is nowhere to send him.
    expect(page.get_by_role("link", name=t("floor.toSettings", language))).to_have_count(0)
    assert serious(page) == []


def test_who_may_change_it_is_led_to_the_settings_and_sees_when_it_is_right(visit):
    page = visit("supervisor", "/floor")
    warnings = [{"code": "trunkNotReached", "path": "trunks.line", "name": "line"}]
    page.route("**/api/floor/warnings", lambda route: route.fulfill(json={"warnings": warnings}))

    def with_more(route):
        answer = route.fetch()
        session = answer.json()
        session["permissions"]["manageSetUp"] = "all"
        route.fulfill(response=answer, json=session)

    page.route("**/api/session", with_more)
    page.reload()
    told = page.get_by_role("listitem").filter(has_text=t("floor.warning.trunkNotReached", name="line"))
    expect(told.get_by_role("link", name=t("floor.toSettings"))).to_have_attribute("href", "/settings/trunks")
    warnings.clear()
    page.reload()
    expect(page.get_by_role("heading", name=t("floor.queues"))).to_be_visible()
    expect(page.get_by_role("heading", name=t("floor.warnings"))).to_have_count(0)
