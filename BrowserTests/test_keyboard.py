"""Everything by keyboard alone."""

import re

import pytest
from catalogue import t
from playwright.sync_api import expect
from screens import open_screen


def focused_name(page):
    """The accessible text of what has the focus."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()")


def test_one_signs_in_and_goes_to_each_screen(visit, server):
    page = visit()
    expect(page.get_by_role("textbox", name=t("session.login"))).to_be_focused()
    page.keyboard.type(server.users["agent"][0])
    page.keyboard.press("Tab")
    page.keyboard.type(server.users["agent"][1])
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}/desk")
    page.keyboard.press("c")
    expect(page).to_have_url(f"{server.url}/contacts")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("/")
    number = page.get_by_role("searchbox", name=t("contacts.number"))
    expect(number).to_be_focused()
    # In a field a letter is a letter.
    page.keyboard.type("d")
    expect(page).to_have_url(re.compile("/contacts"))
    page.keyboard.press("Tab")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile("/contacts"))


def test_tab_reaches_everything_and_the_focus_is_seen(visit):
    page = open_screen(visit, "floor", "en")
    page.keyboard.press("Tab")
    assert focused_name(page) == t("common.skip")
    reached = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", focused_name(page)
        reached.append(focused_name(page))
    for name in (t("common.screen.floor"), t("common.screen.contacts"), t("common.help.button"), t("common.signOut")):
        assert name in reached


def test_the_state_is_set_from_its_menu(visit):
    page = open_screen(visit, "desk", "en")
    state = page.get_by_role("button", name=re.compile(f"{t('common.state.idle')}|{t('common.state.notReady')}|{t('common.state.off')}"))
    page.keyboard.press("F2")
    ready = page.get_by_role("menuitemradio", name=t("desk.presence.ready"))
    off = page.get_by_role("menuitemradio", name=t("desk.presence.off"))
    expect(page.get_by_role("menu")).to_be_visible()
    page.keyboard.press("End")
    expect(off).to_be_focused()
    page.keyboard.press("Home")
    expect(ready).to_be_focused()
    page.keyboard.press("ArrowDown")
    reason = page.locator(":focus").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_hidden()
    expect(state.first).to_contain_text(reason)
    expect(state.first).to_contain_text(t("common.state.notReady"))
    page.keyboard.press("F2")
    expect(page.get_by_role("menuitemradio", name=reason)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_be_hidden()
    page.keyboard.press("F2")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    expect(state.first).to_contain_text(t("common.state.idle"))


def test_the_help_lists_the_keys_and_gives_the_focus_back(visit):
    page = open_screen(visit, "desk", "en")
    link = page.get_by_role("link", name=t("common.screen.contacts"))
    link.focus()
    page.keyboard.press("Shift+Slash")
    dialog = page.get_by_role("dialog", name=t("common.help.title"))
    for key in ("F2", "F4", "F8", "F9", "D", "C"):
        expect(dialog.get_by_text(key, exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_single_letters_can_be_switched_off(visit):
    page = open_screen(visit, "desk", "en")
    page.get_by_role("button", name=t("common.help.button")).click()
    page.get_by_role("checkbox", name=t("common.help.singleKeys")).uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("c")
    expect(page).to_have_url(re.compile("/desk$"))


def leaf(name):
    return {"id": f"leaf{name}", "name": f"Leaf {name}", "children": []}


# More leaves than the tree shows open, and than it goes without a search.
many = [{"id": f"branch{b}", "name": f"Branch {b}", "children": [leaf(f"{b}{n}") for n in range(5)]} for b in range(3)]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_disposition_tree_follows_its_keys(visit, language):
    page = visit(language=language)
    page.evaluate(
        """async (items) => {
            await import("/elements/disposition-tree/disposition-tree.js");
            const tree = document.createElement("disposition-tree");
            tree.items = items;
            document.querySelector("#app").replaceChildren(tree);
            tree.focus();
        }""",
        many,
    )
    value = "document.querySelector('disposition-tree').value"
    into, out_of = ("ArrowLeft", "ArrowRight") if language == "ur" else ("ArrowRight", "ArrowLeft")

    def entry(name):
        return page.get_by_role("treeitem", name=name)

    expect(entry("Branch 0")).to_be_focused()
    expect(entry("Branch 0")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("2")
    expect(entry("Leaf 10")).to_be_focused()
    page.keyboard.press("3")
    expect(entry("Leaf 12")).to_have_attribute("aria-checked", "true")
    assert page.evaluate(value) == "leaf12"
    page.keyboard.press(out_of)
    expect(entry("Branch 1")).to_be_focused()
    page.keyboard.press(out_of)
    expect(entry("Branch 1")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("End")
    expect(entry("Branch 2")).to_be_focused()
    page.keyboard.press(into)
    page.keyboard.press(into)
    expect(entry("Leaf 20")).to_be_focused()
    page.keyboard.press("Space")
    assert page.evaluate(value) == "leaf20"
    search = page.get_by_role("searchbox", name=t("common.tree.search", language))
    search.fill("leaf 03")
    expect(page.get_by_role("treeitem")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate(value) == "leaf03"
