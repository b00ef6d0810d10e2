"""A wall in the hall: made in the settings, it shows who waits and what alarms, and comes back by itself when the server does."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import re
import threading

import pytest
from catalogue import t
from phones import CUSTOMER_TONE, CUSTOMERS
from playwright.sync_api import expect, sync_playwright
from server import Server
from small_centre import CALLER, NUMBER, PASSWORD, set_up

SECRET = "a secret of the receiver"
ALERT = """
callfloor: 1
users: {ada: {name: Ada, password: %s, role: administrator, language: en}}
projects:
  home-internet:
    alerts:
      somebody: {name: Somebody waits, measure: waiting, queue: support, threshold: 0, lasting: 1, webhook: {address: "%s", secret: %s}}
"""


class Receiver:
    """Another program's web server: keeps what it is told, and is not well at first, and whenever it is told not to be."""

    def __init__(self):
        told = self.told = queue.Queue()
        self._known = set()
        refused = self.refused = queue.Queue()
        self.is_well = True
        statuses = [500]

        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = statuses.pop() if statuses else 204 if receiver.is_well else 503
                (told if status == 204 else refused).put((dict(self.headers.items()), body))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/alerts"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self):
        """The next event that it does not have already, whose signature is right."""
        headers, body = self.told.get(timeout=30)
        headers = {name.lower(): value for name, value in headers.items()}
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        code = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{code}"
        assert headers["content-type"].startswith("application/cloudevents+json")
        event = json.loads(body)
        assert event["id"] == headers["webhook-id"]
        # A server that was killed does not know whether the last one arrived.
        if event["id"] in self._known:
            return self.next()
        self._known.add(event["id"])
        return event

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path, private_webhooks=True)
    yield server
    if server.is_running:
        server.stop()


@pytest.fixture
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def signed_in(browser, server, login):
    page = browser.new_context(base_url=server.origin, locale="en-GB", viewport={"width": 1366, "height": 768}).new_page()
    page.goto("/sign-in")
    page.get_by_role("textbox", name=t("session.login")).fill(login)
    page.get_by_label(t("session.password"), exact=True).fill(PASSWORD)
    page.get_by_role("button", name=t("session.signIn")).click()
    expect(page.get_by_role("button", name=t("common.signOut"))).to_be_visible()
    return page


def test_a_wall_is_made_linked_and_outlives_the_server_and_an_alert_reaches_floor_and_webhook(server, receiver, browser, phone):
    server.apply(set_up(5062))
    server.apply(ALERT % (PASSWORD, receiver.address, SECRET))

    # Who sets up the centre makes the wallboard and its link.
    ada = signed_in(browser, server, "ada")
    ada.goto("/settings/wallboards?new")
    ada.get_by_label(re.compile(f"^{re.escape(t('settings.name'))}")).first.fill("Hall")
    ada.keyboard.press("Alt+s")
    ada.get_by_role("button", name=t("settings.wallLink.make")).click()
    path = re.search("/wall/[0-9a-f]{64}", ada.get_by_role("link", name=re.compile("wall.[0-9a-f]{64}$")).get_attribute("href"))[0]

    # The screen in the hall: nobody signs in there.
    wall = browser.new_context(base_url=server.origin, viewport={"width": 1920, "height": 1080}).new_page()
    wall.goto(path)
    waiting = wall.get_by_role("region", name=t("floor.waiting"), exact=True)
    alarms = wall.get_by_role("list", name=t("wall.alerts"))
    expect(waiting).to_contain_text("0")
    floor = signed_in(browser, server, "sofia")
    floor.goto("/floor")
    told = floor.get_by_role("status", name=t("wall.alerts"))

    customer = phone("customer", user=CALLER, address=CUSTOMERS, tone=CUSTOMER_TONE)
    customer.call(NUMBER, server.sip)
    expect(waiting).to_contain_text("1", timeout=20_000)
    expect(alarms).to_contain_text("Somebody waits", timeout=20_000)
    expect(told).to_contain_text("Somebody waits")
    began = receiver.next()
    assert (began["type"], began["data"]["alert"], began["data"]["queue"], began["data"]["value"]) == (
        "callfloor.alert.began", "somebody", "support", 1)

    # The server is killed: the wall says that it is out of date, and nobody touches it.
    port = server.port
    server.kill()
    stale = wall.get_by_role("status").filter(has_text=t("wall.outOfDate.text"))
    expect(stale).to_be_visible(timeout=20_000)
    server.start(port)
    expect(stale).to_have_count(0, timeout=40_000)
    # The customer waits still, and so it is the same alert.
    expect(waiting).to_contain_text("1")
    expect(alarms).to_contain_text("Somebody waits")

    # The other program is down when the alert ends, and the server is killed before it can be told: the next one tells it.
    receiver.refused.get(timeout=30)
    receiver.is_well = False
    customer.hang_up()
    expect(waiting).to_contain_text("0", timeout=20_000)
    expect(alarms).to_have_count(0)
    expect(told).not_to_contain_text("Somebody waits", timeout=40_000)
    receiver.refused.get(timeout=30)
    server.kill()
    receiver.is_well = True
    server.start(port)
    ended = receiver.next()
    assert ended["type"] == "callfloor.alert.ended" and ended["data"]["since"] == began["data"]["since"]
    assert ended["id"].rsplit("-", 1)[0] == began["id"].rsplit("-", 1)[0]

    # Whoever asks later what it was finds it, with the contacts behind it.
    floor.get_by_role("button", name=t("wall.past")).click()
    past = floor.get_by_role("dialog").get_by_role("row").filter(has_text="Somebody waits")
    expect(past).to_have_count(1)
    past.get_by_role("link").click()
    # The head of the list, and the one who waited.
    expect(floor.get_by_role("main").get_by_role("row")).to_have_count(2)

    # Its link is ended: the screen says so at once, and the address opens nothing any more.
    ada.get_by_role("button", name=t("settings.wallLink.end")).click()
    ada.get_by_role("button", name=t("settings.wallLink.sure")).click()
    expect(wall.get_by_role("heading", name=t("wall.ended"))).to_be_visible(timeout=20_000)
    assert wall.request.get(f"/api{path}").status == 404
