"""Whoever sets up a centre on its screens."""

import os
import re

from catalogue import t
from chromium import shell
from playwright.sync_api import expect

PASSWORD = "first-password"


class Administrator:
    """The first one, at a browser in some language."""

    def __init__(self, playwright, server, language):
        self.server, self.language = server, language
        self._browser = playwright.chromium.launch(executable_path=shell(), args=["--no-sandbox", "--lang=en-US"])
        self.errors = []
        self.page = self._context().new_page()
        with open(os.path.join(server.data, "welcome-token")) as file:
            self.page.goto(f"/welcome#{file.read().strip()}")
        self.page.locator("select[name=language]").select_option(language)

    def _context(self):
        context = self._browser.new_context(
            base_url=self.server.origin, locale="en-GB", timezone_id="Europe/London", viewport={"width": 1366, "height": 768})
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        return context

    def beside(self, seat, path):
        """A screen of somebody who has signed in, in the same language."""
        seat.request("PATCH", "/api/session", {"language": self.language})
        context = self._context()
        name, _, value = seat.cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": self.server.origin}])
        page = context.new_page()
        page.goto(path)
        expect(page.get_by_text(self.text("common.connection.open"), exact=True)).to_be_visible()
        return page

    def look(self, name, page=None):
        """A picture for whoever wants to see it."""
        (page or self.page).screenshot(path=os.path.join(self.server.folder, f"{name}-{self.language}.png"), animations="disabled")

    def text(self, key, **values):
        return t(key, self.language, **values)

    def field(self, key):
        return self.page.get_by_label(re.compile(f"^{re.escape(self.text(key))}")).first

    def begin(self):
        """Becomes the administrator."""
        for key, value in (("session.first.name", "Ada"), ("session.login", "ada"), ("session.password", PASSWORD)):
            self.field(key).fill(value)
        self.page.keyboard.press("Enter")
        expect(self.page).to_have_url(re.compile("/settings/start$"))

    def step(self, name):
        """Follows the step of the list that is to be done next."""
        self.page.get_by_role("link", name=self.text("settings.start"), exact=True).click()
        step = self.page.locator("[aria-current=step]")
        expect(step.get_by_role("heading", name=self.text(f"settings.start.{name}"), exact=True)).to_be_visible()
        step.get_by_role("link").click()

    def save(self, said):
        self.page.keyboard.press("Alt+s")
        notice = self.page.get_by_role("main").get_by_role("status").filter(has_text=self.text("settings.savedWhat", what=said))
        expect(notice).to_be_visible()

    def open_thing(self, section, thing=None):
        """Goes to the form of something, or of something new."""
        query = "?new=1" if thing is None else f"?thing={thing}"
        self.page.evaluate("path => import('/base/router.js').then(({ go }) => go(path))", f"/settings/{section}{query}")
        expect(self.page.get_by_role("link", name=self.text(f"settings.{section}"), exact=True)).to_have_attribute("aria-current", "page")

    def stop(self):
        self._browser.close()
