"""Reads the folders of GitHub Classroom: one repository a student, `assignment-login`."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from .owner import Owner
from .student_files import bare_name
from .submission import Identity

SUBMISSIONS = "-submissions"  # how the name of the folder ends that `gh classroom clone` makes
LOGIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.IGNORECASE)
BRANCHES = ("-main", "-master")  # how a downloaded zip of a repository ends


def read_repositories(
    folder: str, repositories: Sequence[Path], is_assignment: Callable[[str], bool]
) -> dict[Path, Owner]:
    """Whose each of the folders is, if its name begins with that of an assignment.

    folder: the name of the folder that they lie in, which may name the assignment. is_assignment:
    whether a name can be an assignment's.
    """
    found = {}
    named = folder.removesuffix(SUBMISSIONS) if folder.endswith(SUBMISSIONS) else ""
    for path in repositories:
        name = bare_name(path.name)
        for end in BRANCHES:
            name = name.removesuffix(end)
        cuts = [cut.start() for cut in re.finditer("-", name)]
        # A login may have a - in it, and an assignment too.
        fits = (named == name[:c] if named else _fits(name, c, is_assignment) for c in cuts)
        cut = next((c for c, fit in zip(cuts, fits, strict=True) if fit), 0)
        login = name[cut + 1 :]
        if cut and LOGIN.fullmatch(login) and (named or not is_assignment(name)):
            found[path] = Owner(login, Identity(login=login))
    return found if named or len(found) > 1 else {}


def _fits(name: str, cut: int, is_assignment: Callable[[str], bool]) -> bool:
    """Whether it is a whole assignment before the cut, and can be a login after it."""
    rest = name[cut + 1 :]
    after = rest.partition("-")[0]
    goes_on = is_assignment(after) or (after.isdigit() and len(after) < 3)
    return is_assignment(name[:cut]) and not goes_on and any(char.isalpha() for char in rest)
