"""What a submission can learn of the machine: as much as SECURITY.md says, and no more."""

from __future__ import annotations

import os
from pathlib import Path

from support.course import Grade
from support.sources import DEFINES_RIGHT

from grader.sandbox import Sandbox

OUTSIDE, ALWAYS, NEVER = {"landlock"}, {"landlock", "bubblewrap"}, set[str]()
# By what it is, an expression that fails if it can't be learned, and in which sandboxes it can.
LEARNS = {
    "that a file exists, its owner, size and dates": ("os.stat(FILE)", OUTSIDE),
    "the target of a link": ("os.readlink(LINK)", OUTSIDE),
    "that a process exists, and its owner": ("os.stat(GRADER)", OUTSIDE),
    "how many files a process has open": ("os.stat(GRADER + '/fd').st_size", OUTSIDE),
    "what its own descriptors are": ("os.readlink('/proc/self/fd/1')", OUTSIDE),
    "the machine's name": ("1 / (os.uname().nodename == NAME)", OUTSIDE),
    "the disk's size": ("1 / (os.statvfs('/').f_blocks == BLOCKS)", OUTSIDE),
    "the kernel's version": ("1 / (os.uname().release == RELEASE)", ALWAYS),
    "the load": ("os.getloadavg()", ALWAYS),
    "the memory": ("os.sysconf('SC_AVPHYS_PAGES')", ALWAYS),
    "the bytes of a file": ("open(FILE).read()", NEVER),
    "the names in a folder": ("os.listdir(os.path.dirname(FILE))", NEVER),
    "the program of a process": ("os.readlink(GRADER + '/exe')", NEVER),
    "the folder of a process": ("os.readlink(GRADER + '/cwd')", NEVER),
    "the files of a process": ("os.readlink(GRADER + '/fd/0')", NEVER),
    "the attributes of a file": ("os.listxattr(FILE)", NEVER),
    "the limits of a process": ("__import__('resource').prlimit(int(GRADER[6:]), 7)", NEVER),
}
TRYING = """
import os
for what, (expression, _) in LEARNS.items():
    try:
        eval(expression)
        print(what)
    except (OSError, ZeroDivisionError):
        pass
"""


def test_a_submission_learns_what_the_security_page_says(
    grade: Grade, sandbox: Sandbox, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("text")
    (tmp_path / "link").symlink_to("/target")
    world = {
        "FILE": str(tmp_path / "file"),
        "LINK": str(tmp_path / "link"),
        "GRADER": f"/proc/{os.getpid()}",
        "NAME": os.uname().nodename,
        "RELEASE": os.uname().release,
        "BLOCKS": os.statvfs("/").f_blocks,
        "LEARNS": LEARNS,
    }
    names = "\n".join(f"{name} = {value!r}" for name, value in world.items())
    report = grade(f"{DEFINES_RIGHT}\n{names}\n{TRYING}", sandbox=sandbox)
    learned = set(report.output.splitlines())
    for what, (_, where) in LEARNS.items():
        assert (what in learned) is (sandbox.name in where), what
