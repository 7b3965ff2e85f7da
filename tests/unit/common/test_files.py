"""Files: written whole or not at all, with the permissions that the user wants."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.common.files import write_whole

WRITE = """
import sys
from pathlib import Path
from grader.common.files import write_whole
write_whole(Path(sys.argv[1]), "marks")
"""


@pytest.mark.parametrize(("umask", "mode"), [(0o077, 0o600), (0o027, 0o640), (0o022, 0o644)])
def test_the_umask_decides_who_can_read_a_file(umask: int, mode: int, tmp_path: Path) -> None:
    path = tmp_path / "marks.csv"
    subprocess.run([sys.executable, "-c", WRITE, path], check=True, umask=umask)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("marks", mode)


def test_a_full_disk_leaves_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "marks.csv"
    write_whole(path, "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, b"new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("marks.csv", "old")]
