"""The folder of a class: what it handed in, and each report, written when it is made. So a stopped
run can continue, and late work is added to what is there.

A report's file name is a digest of everything that decides the report: the submission's bytes and
student, the problem's version, the seed, the versions of the libraries, and the grader's own files.
So a submission that changed is graded again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..common.bounded import read_bounded
from ..common.errors import NotKept, ResultsError
from ..common.folders import Folder, open_folder
from ..common.locks import lock, unlock
from ..common.versions import conditions
from ..course.catalogue import Entry
from ..submissions import Submission
from .checks import check_report, check_run, check_state
from .class_state import ClassState
from .decisions import FILE, Decision, new_file_text, read_decisions
from .report import Report
from .report_json import from_json, to_json
from .run import SCHEMA, Run

log = logging.getLogger(__name__)

STATE, REPORTS, WHOLE = "class.json", "reports", "report.json"
OLD_STATE = "run.json"  # of the versions before 5
# In bytes. A class of 500 has 1 MB of state and 30 MB of reports.
MOST_OF_STATE, MOST_OF_REPORT, MOST_OF_ALL = 64 * 2**20, 4 * 2**20, 512 * 2**20


def read_run(folder: Path) -> Run:
    """The run whose results the folder holds. Raises ResultsError if it is not finished."""
    path = folder / WHOLE
    try:
        run = from_json(read_bounded(path, MOST_OF_ALL), Run)
        check_run(run)
        return run
    except FileNotFoundError:
        raise ResultsError(
            f"There is no {path}: the run was not finished, or this is not a results folder. "
            f"`grader grade SUBMISSIONS -o {folder}` continues a run."
        ) from None
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{path} can't be read ({error}): it is damaged or from another version. The reports "
            f"are kept; `grader grade SUBMISSIONS -o {folder}` writes it again."
        ) from error


def read_state(folder: Path) -> ClassState | None:
    """What the folder knows of its class; None if it is new or empty. Raises ResultsError."""
    path = folder / STATE
    try:
        data = read_bounded(path, MOST_OF_STATE)
        version = from_json(data, _Format).format
        if version != SCHEMA:
            raise ResultsError(_other_version(folder, version))
        state = from_json(data, ClassState)
        check_state(state)
        return state
    except FileNotFoundError:
        names = {item.name for item in folder.iterdir()} if folder.exists() else set()
        if OLD_STATE in names:
            raise ResultsError(_other_version(folder)) from None
        # What was decided may come from a folder before, perhaps with `.git` beside it. A run that
        # was killed may leave half of its state under a name with a dot too.
        if any(name != FILE and not name.startswith(".") for name in names):
            raise ResultsError(
                f"{folder} holds other things than results. Name an empty or a new folder."
            ) from None
        return None
    except OSError as error:
        raise ResultsError(_broken(folder, error)) from error
    except ValueError as error:
        raise ResultsError(
            f"{path} is damaged ({error}), so it is not known to which class the reports belong. "
            "Put a copy of the file back, or name another folder; this one stays as it is."
        ) from error


@dataclass(frozen=True)
class _Format:
    """The part of a state that every version has."""

    format: int


def report_name(submission: Submission, entry: Entry, sha256: str | None, seed: int) -> str:
    """The name of the report on a submission, without a suffix."""
    decides = [
        *(entry.id, entry.version, sha256 or submission.where, submission.student),
        *(submission.notes, seed, repr(entry.problem.limits), conditions()),
    ]
    return hashlib.sha256(json.dumps(decides).encode()).hexdigest()[:40]


class ResultsFolder(AbstractContextManager["ResultsFolder"]):
    """An open results folder, which no other run can open at the same time.

    state: what it knows of the class.
    """

    def __init__(self, folder: Path, seed: int):
        """Opens the folder, or makes it for a class of this seed. Raises ResultsError."""
        self.folder = folder
        try:
            open_folder(folder, make=0o777).close()
            read_state(folder)  # an error before the lock
            _check_kinds(folder)
            self._lock = lock(folder)
        except OSError as error:
            raise ResultsError(_broken(folder, error)) from error
        if self._lock is None:
            raise ResultsError(
                f"Another run is writing to {folder}. Wait until it ends, or name another folder."
            )
        try:
            self.save(read_state(folder) or ClassState(seed))
            if not (folder / FILE).exists():
                self._write(FILE, new_file_text().encode())
        except BaseException:
            unlock(self._lock)
            raise

    def __exit__(self, *_: object) -> None:
        unlock(self._lock)

    def save(self, state: ClassState) -> None:
        """Writes what is known of the class, whole or not at all. Raises NotKept."""
        self.state = state
        self._write(STATE, to_json(state))

    def reports(self) -> dict[str, Report]:
        """Every report on what the class handed in, by its name. One that can't be read is missing,
        so its submission is graded again.
        """
        found: dict[str, Report] = {}
        names = dict.fromkeys(name for item in self.state.received for name in item.reports)
        try:
            with open_folder(self.folder) as opened, opened.inside(REPORTS) as reports:
                for name in names:
                    if report := _read_report(reports, name):
                        found[name] = report
        except FileNotFoundError:
            pass  # none is kept yet
        except OSError as error:
            log.info("no report can be read: %s", error)
        return found

    def decisions(self) -> tuple[Decision, ...]:
        """What was decided by hand. Raises DecisionsError."""
        return read_decisions(self.folder / FILE)

    def keep(self, name: str, report: Report) -> None:
        """Writes a report, whole or not at all. Raises NotKept."""
        try:
            with open_folder(self.folder) as opened, opened.inside(REPORTS, make=0o777) as reports:
                reports.write(f"{name}.json", to_json(report))
        except OSError as error:
            raise NotKept(_broken(self.folder, error)) from error

    def _write(self, name: str, data: bytes) -> None:
        try:
            with open_folder(self.folder) as opened:
                opened.write(name, data)
        except OSError as error:
            raise NotKept(_broken(self.folder, error)) from error


def _read_report(reports: Folder, name: str) -> Report | None:
    try:
        report = from_json(reports.read_bounded(f"{name}.json", MOST_OF_REPORT), Report)
        check_report(report)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        log.info("the kept report %s can't be read: %s", name, error)
        return None
    return report


class NoFolder:
    """In place of a results folder, if nothing is to be kept beyond the command."""

    def __init__(self, seed: int):
        self.state = ClassState(seed)
        self._reports: dict[str, Report] = {}

    def save(self, state: ClassState) -> None:
        """For this command only."""
        self.state = state

    def reports(self) -> dict[str, Report]:
        """Those of this command."""
        return self._reports

    def decisions(self) -> tuple[Decision, ...]:
        """None."""
        return ()

    def keep(self, name: str, report: Report) -> None:
        """For this command only."""
        self._reports[name] = report


def _check_kinds(folder: Path) -> None:
    """Raises ResultsError if a link, or anything else that is no file, is in place of a file, so
    that nothing is read or written at another place.
    """
    reports = folder / REPORTS
    files = [folder / STATE, folder / FILE]
    if reports.is_dir() and not reports.is_symlink():
        files += reports.glob("*.json")
    elif os.path.lexists(reports):
        raise ResultsError(_in_place(reports, "folder"))
    for path in files:
        if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
            raise ResultsError(_in_place(path, "file"))


def _in_place(path: Path, what: str) -> str:
    return f"{path} is a link, or no {what}. Put the {what} itself there, or remove it."


def _broken(folder: Path, error: OSError) -> str:
    why = error.strerror or str(error)
    return (
        f"{folder} could not be written ({why}). What is in it is kept: fix that, and run the same "
        "command again to continue."
    )


def _other_version(folder: Path, version: int | None = None) -> str:
    its = f"its format is {version}, this version writes {SCHEMA}" if version else "it is older"
    return (
        f"{folder} is from another version of the grader ({its}). Name another folder; this one "
        "stays as it is."
    )
