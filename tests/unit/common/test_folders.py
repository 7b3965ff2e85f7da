"""Folders that several users can write in: nothing of another user's is followed or touched."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.common import locks
from grader.common.files import write_whole
from grader.common.folders import open_folder
from grader.oracle import program_cache

SOMEBODY, ELSE = 61000, 61001  # users
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="makes files of two users")


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files as /tmp is, in which everybody can write."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    for above in folder.parents:
        if above.stat().st_uid == os.geteuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o111)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """A folder outside, with folders in it whose permissions matter."""
    folder = tmp_path / "victim"
    (folder / "inside").mkdir(parents=True)
    (folder / "inside" / "file").write_text("mine")
    (folder / "inside").chmod(0o500)
    return folder


def state(*folders: Path) -> dict[str, tuple[int, int, str]]:
    """Permissions, owner and text of all that is in them."""
    found = {}
    for path in (p for folder in folders for p in (folder, *folder.rglob("*"))):
        status = path.lstat()
        text = path.read_text() if path.is_file() else ""
        found[str(path)] = status.st_mode, status.st_uid, text
    return found


def plant(shared: Path, victim: Path, owner: int) -> list[Path]:
    """Whatever a user can put in the place of temporary folders."""
    link, file, pipe, folder, parent = planted = [
        shared / f"grader-worker-{what}" for what in ("link", "file", "pipe", "folder", "parent")
    ]
    link.symlink_to(victim)
    file.write_text("text")
    os.mkfifo(pipe)
    (folder / "deep").mkdir(parents=True)
    (folder / "deep").chmod(0o711)
    parent.mkdir()
    (parent / "link").symlink_to(victim / "inside")
    if owner != os.geteuid():
        for path in (*planted, folder / "deep", parent / "link"):
            os.lchown(path, owner, owner)
    return planted


@needs_root
def test_root_touches_nothing_of_another_user(shared: Path, victim: Path) -> None:
    plant(shared, victim, SOMEBODY)
    before = state(shared, victim)
    with locks.temporary_folder("worker") as folder:
        assert folder.is_dir()
    assert state(shared, victim) == before


def test_of_this_user_only_folders_are_removed_and_no_link_is_followed(
    shared: Path, victim: Path
) -> None:
    """As an ordinary user too: the suite runs so under `tests/as_an_ordinary_user`."""
    link, file, pipe, folder, parent = plant(shared, victim, os.geteuid())
    before = state(victim)
    with locks.temporary_folder("worker"):
        there = [os.path.lexists(path) for path in (link, file, pipe, folder, parent)]
        assert there == [True, True, True, False, False]
    assert state(victim) == before


def test_a_folder_that_others_can_write_in_stays(shared: Path) -> None:
    """Another user could have put it here, with what is in it."""
    left = shared / "grader-worker-open"
    left.mkdir()
    left.chmod(0o777)
    with locks.temporary_folder("worker"):
        assert left.is_dir()


def test_a_lock_that_somebody_holds_stops_nobody(shared: Path) -> None:
    left = shared / "grader-worker-locked"
    left.mkdir()
    handle = os.open(left, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with locks.temporary_folder("worker") as folder:
        assert left.is_dir()
        assert folder.is_dir()
    os.close(handle)
    with locks.temporary_folder("worker"):
        assert not left.exists()


def test_a_new_folder_that_another_process_removes_is_made_again(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made = locks.lock, []

    def lock(folder: Path) -> int | None:
        made.append(folder)
        if len(made) == 1:  # it was taken for a killed run's, and another's has its name
            folder.rmdir()
        if len(made) == 2:
            handle = real(folder)
            folder.rename(folder.with_name("elsewhere"))
            folder.mkdir()
            return handle
        return real(folder)

    monkeypatch.setattr(locks, "lock", lock)
    with locks.temporary_folder("worker") as folder:
        assert [folder] == made[2:]


WRITE = "import sys; from pathlib import Path; from grader.common.files import write_whole\n"
WRITE += "write_whole(Path(sys.argv[1]), 'marks')"


@needs_root
@pytest.mark.parametrize("user", [0, ELSE])
@pytest.mark.parametrize("what", ["link", "folder", "folder above"])
def test_what_another_user_made_in_a_shared_folder_is_refused(
    user: int, what: str, shared: Path, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shared / "results"
    if what == "link":
        place.symlink_to(victim)
        inside = place
    else:
        inside = place / "more" if what == "folder above" else place
        inside.mkdir(parents=True)
    os.lchown(place, SOMEBODY, SOMEBODY)
    if inside != place:
        os.lchown(inside, user, user)
    before = state(shared, victim)
    monkeypatch.setattr(os, "geteuid", lambda: user)
    with pytest.raises(PermissionError, match=f"another user made {place}"):
        open_folder(inside, make=0o777)
    with pytest.raises(PermissionError, match=f"another user made {place}"):
        write_whole(inside / "report.json", "marks")
    assert state(shared, victim) == before


def test_links_of_one_s_own_lead_to_the_folder_and_the_file(shared: Path, tmp_path: Path) -> None:
    """A home is often on another disk, and `--json` may name a link."""
    (tmp_path / "disk").mkdir()
    (shared / "results").symlink_to(tmp_path / "disk")
    write_whole(shared / "results" / "report.json", "marks")
    (shared / "link").symlink_to(tmp_path / "disk" / "report.json")
    write_whole(shared / "link", "new")
    assert (tmp_path / "disk" / "report.json").read_text() == "new"
    assert (shared / "link").is_symlink()


def test_in_an_open_folder_links_are_replaced_and_never_followed(
    tmp_path: Path, victim: Path
) -> None:
    before = state(victim)
    top = tmp_path / "top"
    top.mkdir()
    (top / "file").symlink_to(victim / "inside" / "file")
    (top / "folder").symlink_to(victim)
    (top / "tree").symlink_to(victim)
    (top / "pipe").symlink_to("/dev/zero")
    os.mkfifo(top / "real pipe")
    with open_folder(top) as folder:
        for name in ("file", "pipe", "folder"):
            with pytest.raises(OSError, match="symbolic link"):
                folder.read(name)
        with pytest.raises(OSError, match="no regular file"):
            folder.read("real pipe")
        with pytest.raises(OSError, match=r"Not a directory|symbolic link"):
            folder.inside("folder", make=0o777)
        folder.write("file", b"new")
        folder.remove("folder")
        folder.remove_all("tree")
        assert folder.read("file") == b"new"
        top.rename(tmp_path / "moved")
        top.symlink_to(victim)
        folder.write("late", b"x")  # to the folder that was opened
    assert sorted(os.listdir(tmp_path / "moved")) == ["file", "late", "pipe", "real pipe"]
    assert state(victim) == before


@pytest.mark.parametrize("old", [None, 0o600, 0o640, 0o666, 0o400])
@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077])
def test_a_file_is_never_wider_than_the_umask_and_the_file_before(
    umask: int, old: int | None, tmp_path: Path
) -> None:
    path = tmp_path / "marks.csv"
    if old is not None:
        path.touch()
        path.chmod(old)
    subprocess.run([sys.executable, "-c", WRITE, path], check=True, umask=umask)
    want = 0o666 & ~umask & (0o666 if old is None else old)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("marks", want)


@pytest.mark.parametrize("what", ["link", "link above", "others write", "anyone above"])
def test_a_cache_that_others_may_have_made_is_not_used(
    what: str, tmp_path: Path, victim: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    good = program_cache.private_folder("a", "b")
    assert good == home / "vit-input-exercises" / "a" / "b"
    assert {path.stat().st_mode & 0o777 for path in (good, good.parent)} == {0o700}
    if what == "link":
        good.rmdir()
        good.symlink_to(victim)
    elif what == "link above":
        good.parent.rename(home / "a")
        good.parent.symlink_to(home / "a")
    elif what == "others write":
        good.parent.chmod(0o720)
    else:
        home.chmod(0o777)
    assert program_cache.private_folder("a", "b") is None
