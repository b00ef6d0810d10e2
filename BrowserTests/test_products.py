"""What is sold, proposed and allowed: written on its screen, chosen at the desk during a talk, allowed by a supervisor with one key."""

import pytest
from catalogue import t
from conftest import shots
from keyboard import tab_to
from playwright.sync_api import expect
from screens import overflows
from test_accessibility import serious


def look(page, name):
    page.evaluate("document.fonts.ready")
    shots.mkdir(exist_ok=True)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=shots / f"products-{name}-{scheme}.png")
        assert page.evaluate(overflows) == [] and serious(page) == [], (name, scheme)
    page.emulate_media(color_scheme="light")


def tell(page, method, path, body):
    """Sends a command as whoever is signed in, and gives what is answered."""
    return page.evaluate(
        """async ([method, path, body]) => {
            const { command } = await import("/base/api.js");
            return command(method, path, body);
        }""",
        [method, path, body])


def get(page, path):
    return page.evaluate("""async (path) => (await import("/base/api.js")).get(path)""", path)


FIELDS = {"about": {"en": "Six times as fast as the line he has."}, "category": "", "per": "month", "regions": [], "replaces": [], "answers": ["money"], "retired": False}


@pytest.fixture(scope="session")
def sold(server, browser, cookies):
    """The project sells two tariffs; agents may give little, supervisors half."""
    context = browser.new_context(base_url=server.url, storage_state=cookies("administrator"))
    page = context.new_page()
    page.goto("/products")
    page.locator("#app > *").wait_for()
    project = get(page, "/api/products")["project"]
    limits = [{"role": role, "discount": percent, "refund": "10", "goodwill": "10"}
              for role, percent in (("agent", "5"), ("senior", "20"), ("supervisor", "50"), ("manager", "50"))]
    tell(page, "PUT", f"/api/products/authority?project={project}", {"revision": 0, "currency": "GBP", "limits": limits})
    reasons = [{"key": "money", "parent": None, "name": {"en": "Money", "ur": "رقم"}, "retired": False},
               {"key": "price", "parent": "money", "name": {"en": "Too dear", "ur": "مہنگا"}, "retired": False}]
    tell(page, "PUT", f"/api/products/reasons?project={project}", {"revision": 0, "reasons": reasons})
    for key, name, price in (("fibre", {"en": "Fibre 500", "ur": "فائبر 500"}, "40"), ("lite", {"en": "Lite 50", "ur": "لائٹ 50"}, "25.50")):
        tell(page, "POST", "/api/products", {"project": project, "key": key, "fields": {**FIELDS, "name": name, "price": price}})
    context.close()
    return project


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_product_is_made_and_changed_by_keyboard(visit, sold, language):
    page = visit("administrator", "/products", language)
    make = page.get_by_role("button", name=t("products.new", language))
    make.press("Enter")
    name = f"Static address {language}"
    tab_to(page, page.get_by_role("textbox", name=t("products.name", language), exact=True))
    page.keyboard.type(name)
    price = page.get_by_label(t("products.price", language))
    tab_to(page, price)
    page.keyboard.type("1,5")
    page.keyboard.press("Enter")
    expect(page.get_by_text(t("errors.rule.malformed", language))).to_be_visible()
    # What was typed is there again after the tab was gone.
    page.reload()
    expect(price).to_have_value("1,5")
    price.fill("1.5")
    price.press("Enter")
    expect(page.get_by_role("navigation").get_by_role("link", name=name)).to_be_visible()
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    look(page, f"editor-{language}")
    page.goto("/products/reasons")
    expect(page.get_by_role("heading", name=t("products.reasons", language))).to_be_visible()
    look(page, f"reasons-{language}")
    page.goto("/products/authority")
    look(page, f"authority-{language}")


def panel(page, language):
    return page.get_by_role("region", name=t("products.suits", language))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_over_the_limit_the_discount_waits_for_a_key_elsewhere(talk, visit, sold, language):
    supervisor = visit("supervisor", "/floor", "en")
    page = talk(language)
    expect(page.get_by_role("tab", name=t("products.tab", language))).to_be_visible()
    page.keyboard.press("Alt+p")
    desk = panel(page, language)
    expect(desk.get_by_role("button").first).to_be_focused()
    look(page, f"desk-{language}")
    page.keyboard.press("1")
    discount = desk.get_by_role("textbox", name=t("products.discount", language))
    expect(discount).to_be_focused()
    page.keyboard.type("15")
    tab_to(page, desk.get_by_role("button", name=t("products.state.accepted", language)))
    page.keyboard.press("Enter")
    ask = desk.get_by_role("button", name=t("products.ask", language))
    expect(ask).to_be_focused()
    page.keyboard.press("Enter")
    expect(desk.get_by_text(t("products.approval.asked", language))).to_be_visible()
    strip = supervisor.get_by_role("region", name=t("products.asks", name="Ana Beridze"))
    expect(strip).to_be_visible()
    look(supervisor, f"strip-{language}")
    supervisor.keyboard.press("Alt+y")
    expect(strip).to_have_count(0)
    expect(desk.get_by_text(t("products.approval.approved", language, name="Deniz Yılmaz"))).to_be_visible()
    # What was typed waited with him.
    expect(discount).to_have_value("15")
    tab_to(page, desk.get_by_role("button", name=t("products.state.accepted", language)))
    page.keyboard.press("Enter")
    expect(desk.get_by_role("region", name=t("products.told", language)).get_by_role("listitem")).to_have_count(1)


def test_what_is_refused_needs_a_reason_and_is_not_proposed_again(talk, sold):
    page = talk()
    expect(page.get_by_role("tab", name=t("products.tab"))).to_be_visible()
    page.keyboard.press("Alt+p")
    desk = panel(page, "en")
    first = desk.get_by_role("button").first
    expect(first).to_be_focused()
    name = first.locator("b").inner_text()
    page.keyboard.press("1")
    desk.get_by_role("button", name=t("products.state.refused")).press("Enter")
    expect(desk.get_by_text(t("errors.rule.required"))).to_be_visible()
    desk.get_by_role("combobox", name=t("products.reason")).select_option("price")
    desk.get_by_role("button", name=t("products.state.refused")).press("Enter")
    told = desk.get_by_role("region", name=t("products.told")).get_by_role("listitem")
    expect(told.filter(has_text=name).filter(has_text=t("products.state.refused"))).to_be_visible()
    expect(desk.locator("[data-product] b").filter(has_text=name)).to_have_count(0)
