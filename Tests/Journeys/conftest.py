import os
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from phones import AGENTS_FIXED, AGENTS_REGISTERED, CLOSED_TONE, CUSTOMERS, GREETING_TONE, RECORDED_TONE, Phone, free_port
from server import Server
from small_centre import LOGINS, PASSWORD, SmallCentre, set_up, set_up_with_eva
from sound import write_tone

# The words of the screens, and the browser.
sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "BrowserTests"))


# Two journeys at once, with their phones, servers and browsers, are slow on two cores.
expect.set_options(timeout=15_000)


def pytest_configure(config):
    config.addinivalue_line("markers", "alone: measures moments, so ./test runs nothing beside it")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if report.when == "call":
        item.story_failed = report.failed


@pytest.fixture
def phone(tmp_path):
    """Makes phones that stop with the test."""
    made = []

    def make(name, **details):
        made.append(Phone(name, str(tmp_path), **details))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="session")
def prompts(tmp_path_factory):
    """Greetings, what is said out of hours, and that a talk is recorded, that can be told by their tones."""
    folder = tmp_path_factory.mktemp("prompts")
    for language in ("en", "ur", "ka", "hi", "tr", "cy"):
        write_tone(os.path.join(folder, f"greeting.{language}.wav"), GREETING_TONE, 1.0)
        write_tone(os.path.join(folder, f"closed.{language}.wav"), CLOSED_TONE, 1.0)
        write_tone(os.path.join(folder, f"recorded.{language}.wav"), RECORDED_TONE, 1.0)
    return str(folder)


@pytest.fixture(scope="session")
def set_up_centre(tmp_path_factory):
    """A data folder in which the small centre is set up and everybody is signed in: passwords are slow to check by design."""
    return everybody_signed_in(tmp_path_factory.mktemp("set-up"), set_up, LOGINS)


@pytest.fixture(scope="session")
def set_up_centre_with_eva(tmp_path_factory):
    """The same with an agent, beside the others, who has no phone but the browser."""
    return everybody_signed_in(tmp_path_factory.mktemp("set-up-with-eva"), set_up_with_eva, [*LOGINS, "eva"])


def everybody_signed_in(folder, set_up, logins):
    fixed_port = free_port(AGENTS_FIXED)
    server = Server(folder)
    server.apply(set_up(fixed_port))
    cookies = {login: server.sign_in(login, PASSWORD).cookie for login in logins}
    server.stop()
    return server.data, fixed_port, cookies


@pytest.fixture
def start_server(tmp_path, prompts, request):
    """Starts a server that must end in order with the test."""
    started = []

    def start(**details):
        started.append(Server(tmp_path, prompts=prompts, recording=os.path.join(tmp_path, "inputs.recording"), **details))
        return started[-1]

    yield start
    for server in started:
        if getattr(request.node, "story_failed", False):
            print(server.end_of_log())
        if server.is_running:
            server.stop()


@pytest.fixture
def start_centre(start_server, phone, tmp_path):
    """Starts a server with what was set up in a data folder, which stays as it is; `details` are the server's."""

    def start(set_up, **details):
        data, fixed_port, cookies = set_up
        shutil.copytree(data, tmp_path / "data")
        return SmallCentre(start_server(**details), phone, fixed_port, cookies)

    return start


@pytest.fixture
def centre(set_up_centre, start_centre):
    """A small centre of its own for the test."""
    return start_centre(set_up_centre)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for the addresses of everybody, by which it vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = str(folder / "everybody.pem"), str(folder / "everybody.key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=journeys",
         "-addext", f"subjectAltName=IP:{AGENTS_REGISTERED},IP:{CUSTOMERS},IP:{AGENTS_FIXED}", "-out", paths[0], "-keyout", paths[1]],
        check=True, capture_output=True)
    return paths


@pytest.fixture
def connected_centre(set_up_centre, start_centre, certificate):
    """The same, reached over TCP and TLS, too."""
    return start_centre(set_up_centre, certificate=certificate)


@pytest.fixture
def new_centre(start_server, phone):
    """The same, set up in front of the test's eyes on a server that knew nothing."""
    fixed_port = free_port(AGENTS_FIXED)
    server = start_server()
    server.apply(set_up(fixed_port))
    return SmallCentre(server, phone, fixed_port)
