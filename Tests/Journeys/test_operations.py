"""What whoever runs a centre reads, and relies on, is so."""

import os
import shutil
import stat


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
