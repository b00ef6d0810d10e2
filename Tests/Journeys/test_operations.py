"""What whoever runs a centre reads, and relies on, is so."""

import os
import re
import shutil
import stat
import subprocess

import pytest

from phones import STRANGERS
from raw_sip import Provider
from server import BINARY, ROOT
from small_centre import set_up
from test_restart import talk

MONITORING = os.path.join(ROOT, "docs", "operations", "monitoring.md")
MANUAL = os.path.join(ROOT, "script", "package.d", "callfloor.1")


def families(centre):
    """What /metrics has: types by name."""
    # A route is counted from its first request on.
    centre.supervisor.get("/api/session")
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", centre.server.exposition(), re.MULTILINE))


def test_monitoring_is_described_as_it_is(centre):
    found = families(centre)
    with open(MONITORING) as file:
        text = file.read()
    described = {}
    for names, kind in re.findall(r"^\| (`(?:callfloor|process)_[^|]*) \| (\w+) \|", text, re.MULTILINE):
        described.update({name: kind for name in re.findall(r"`([a-z_]+)`", names)})
    assert described == found
    # An alert on a name that is not there never fires.
    alerts = text[text.index("## Alerts"):text.index("## Logs")]
    for name in re.findall(r"\b(?:callfloor|process)_[a-z_]+", alerts):
        assert name in found, name


def test_every_command_has_its_place_in_the_manual(tmp_path):
    said = subprocess.run([BINARY, "help"], capture_output=True, text=True, check=True).stdout
    listed = said[said.index("SUBCOMMANDS:"):].splitlines()[1:]
    commands = {match[1] for line in listed if (match := re.match(r"  (\w[\w-]*)  +\S", line))}
    assert {"serve", "backup"} <= commands
    with open(MANUAL) as file:
        described = set(re.findall(r"^\.B ([\w-]+)", file.read(), re.MULTILINE))
    assert commands <= described, commands - described


def test_a_package_without_the_licences_of_its_libraries_is_not_made(tmp_path):
    done = subprocess.run(
        [os.path.join(ROOT, "script", "package"), "--binary", BINARY, "--scratch-path", str(tmp_path), "--output", str(tmp_path)],
        capture_output=True, text=True)
    assert done.returncode == 1 and f"{tmp_path}/checkouts" in done.stderr, done.stderr
    assert os.listdir(tmp_path) == []


def test_nobody_else_on_the_machine_can_read_what_a_centre_keeps(set_up_centre, start_server, tmp_path):
    """Also where the folder was made by hand, for a start or for a restore by hand."""
    before = os.umask(0o022)
    try:
        shutil.copytree(set_up_centre[0], tmp_path / "data")
        os.chmod(tmp_path / "data", 0o755)
        server = start_server()
        (tmp_path / "restored").mkdir(mode=0o755)
        for arguments in (["backup", "--data", server.data, "--to", f"{tmp_path}/backup"],
                ["restore", f"{tmp_path}/backup", "--data", f"{tmp_path}/restored"]):
            done = server.command(*arguments)
            assert done.returncode == 0, done.stderr
    finally:
        os.umask(before)
    assert (tmp_path / "restored" / "callfloor.sqlite").exists()
    for top in ("data", "restored"):
        assert open_to_others(tmp_path / top) == []
    assert stat.S_IMODE(os.stat(tmp_path / "backup").st_mode) == 0o600
    assert stat.S_IMODE(os.stat(server.recording).st_mode) == 0o600


def test_files_of_a_new_centre_are_for_its_user_alone(start_server, tmp_path):
    before = os.umask(0o022)
    try:
        server = start_server()
    finally:
        os.umask(before)
    assert open_to_others(server.data) == []


def open_to_others(top):
    """What below `top`, and `top` itself, others than its owner may look into."""
    paths = [str(top)] + [os.path.join(folder, name) for folder, folders, files in os.walk(top) for name in folders + files]
    return [path for path in paths if os.stat(path).st_mode & 0o077]


@pytest.fixture
def provider():
    provider = Provider(STRANGERS)
    yield provider
    provider.close()


def test_a_trunk_signs_off_when_draining_begins_and_not_after_the_last_talk(centre, provider):
    server = centre.server
    rented = f'trunks:\n  rented: {{server: "{provider.here}", login: {{user: "100", password: only-they-know}}}}\n'
    server.apply(set_up(centre.fixed_port).replace("trunks:\n", rented))
    assert provider.takes_registration() == 600
    server.tell_to_stop()
    assert provider.takes_registration() == 0
    server.wait_for_end()
    server.drain_seconds = 30
    server.start()
    assert provider.takes_registration() == 600
    phone, customer = centre.anas_phone(), centre.customer()
    centre.ana.ready()
    call = talk(centre, phone, customer)
    server.tell_to_stop()
    assert provider.takes_registration() == 0
    customer.hears_anew(phone.tone)
    customer.hang_up()
    customer.wait_for("ended", call=call)
    server.wait_for_end()
