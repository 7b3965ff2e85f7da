"""The saved notebook of this kernel, run in a fresh process as it will be graded.

A function can be right in a kernel and fail when it is graded: the notebook was not saved, or the
function uses what only this kernel's memory holds.
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..common.errors import SandboxError
from ..grading.plan import Plan
from ..oracle.unconfined import unconfined
from ..report.report import judge_error
from ..submissions.entry_point import code_text
from ..submissions.student_files import is_code
from ..writers.check_html import Saved
from .check_file import check_file
from .own_files import submissions_in


def check_saved(plan: Plan, function: Callable[..., Any]) -> Saved | None:
    """The report on the saved notebook; None if nobody says which file it is.

    function: the one that was checked in this kernel. Raises CourseError if the file is none that
    can be graded.
    """
    shell = _kernel_shell()
    path = notebook_file(os.environ, shell.user_ns, Path.cwd()) if shell else None
    if path is None:
        return None
    (submission,) = submissions_in(path, [plan.entry])
    sandbox = unconfined()
    try:
        report = check_file(plan, submission, sandbox)
    except SandboxError as error:
        report = judge_error(plan.entry, submission, sandbox.name, error)
    return Saved(path, report, is_older=not _holds(path, function))


def notebook_file(
    environment: Mapping[str, str], names: Mapping[str, Any], folder: Path
) -> Path | None:
    """The file of a kernel's notebook, if its editor says which, and if it is there.

    environment, names: of the kernel. VS Code says it in a name. Jupyter's server says it in a
    variable: the file's path, or in older versions its path from the server's folder, which is the
    kernel's folder or one above it. After the notebook was renamed, the file is no longer there.
    """
    said = names.get("__vsc_ipynb_file__"), environment.get("JPY_SESSION_NAME")
    for path in (Path(name) for name in said if isinstance(name, str)):
        for above in (folder, *folder.parents):
            file = above / path
            if is_code(file) and os.path.isfile(file):
                return file
    return None


def _kernel_shell() -> Any:
    """IPython's shell, if this process is the kernel of a notebook."""
    # What runs in a terminal may have inherited a kernel's environment.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


def _holds(path: Path, function: Callable[..., Any]) -> bool:
    """Whether a file's code has the function's lines. True if that can't be found out."""
    try:
        source = inspect.getsource(inspect.unwrap(function)).strip()
        wanted = code_text(Path("source.py"), source.encode())
        return wanted in code_text(path, path.read_bytes())
    except (OSError, TypeError, ValueError):
        return True
