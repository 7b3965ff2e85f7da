"""The folder of a run: each report lies in it as soon as it is known, so that a run can go on.

A report's file is named after all that decides it: the submission's bytes and student, the
problem's version, the seed, the versions of what computes, and the grader's own files. So a run
that was stopped continues from there, and a submission that was handed in anew is graded anew.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import msgspec

from ..common.errors import NotKept, ResultsError
from ..common.files import write_whole
from ..common.locks import lock, unlock
from ..common.verdict import Verdict
from ..common.versions import conditions
from ..course.catalogue import Entry
from ..submissions import Submission
from .report import Report
from .report_json import (
    SCHEMA,
    from_json,
    report_from_json,
    report_to_json,
    run_from_json,
    to_json,
)
from .run import Run

log = logging.getLogger(__name__)

RUN, REPORTS, WHOLE = "run.json", "reports", "report.json"


class Begun(msgspec.Struct, frozen=True):
    """`run.json`: what was settled when the run began."""

    format: int
    seed: int


def read_run(folder: Path) -> Run:
    """The run whose results these are, as it ended. Raises ResultsError."""
    path = folder / WHOLE
    try:
        return run_from_json(path.read_bytes())
    except FileNotFoundError:
        raise ResultsError(
            f"There is no {path}: the run was not finished, or this is no folder of results. "
            f"`grader grade SUBMISSIONS -o {folder}` goes on with it."
        ) from None
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{path} can't be read ({error}): it is damaged or from another version. Its reports "
            f"are kept; `grader grade SUBMISSIONS -o {folder}` writes it anew."
        ) from error


class ResultsFolder(AbstractContextManager["ResultsFolder"]):
    """An open folder of results, which no other run can open at the same time.

    seed: of the run that it belongs to, also where it was begun by another call.
    """

    def __init__(self, folder: Path, seed: int):
        """Opens it, or makes it. `seed` is for a new one. Raises ResultsError."""
        self.folder = folder
        try:
            if folder.is_dir() and not (folder / RUN).exists() and _holds_others(folder):
                raise ResultsError(
                    f"{folder} holds other things than results. Name a folder that is empty or "
                    "not there yet."
                )
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = lock(folder)
        except OSError as error:
            raise ResultsError(self._broken("can't be written", error)) from error
        if self._lock is None:
            raise ResultsError(
                f"Another run is writing to {folder}. Wait for it to end, or name another folder."
            )
        try:
            self.seed = self._begun(seed)
        except BaseException:
            unlock(self._lock)
            raise

    def __exit__(self, *_: object) -> None:
        unlock(self._lock)

    def _begun(self, seed: int) -> int:
        path = self.folder / RUN
        try:
            begun = from_json(path.read_bytes(), Begun)
        except FileNotFoundError:
            begun = Begun(SCHEMA, seed)
            self._write(path, to_json(begun))
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{path} is damaged ({error}), so its reports can't be told from others'. Name "
                "another folder; this one is left as it is."
            ) from error
        if begun.format != SCHEMA:
            raise ResultsError(
                f"{self.folder} is from another version of the grader (its form is "
                f"{begun.format}, this one writes {SCHEMA}). Name another folder; this one is left "
                "as it is."
            )
        return begun.seed

    def find(self, submission: Submission, entry: Entry, sha256: str) -> Report | None:
        """The report of the same submission under the same conditions, if it was judged before."""
        try:
            report = report_from_json(self._path(submission, entry, sha256).read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.info("a report that was kept can't be read, and is made again: %s", error)
            return None
        if report.verdict is Verdict.JUDGE_ERROR:
            return None
        return replace(report, submission=submission.where)  # it may have moved

    def keep(self, report: Report, submission: Submission, entry: Entry) -> None:
        """Writes a report, whole or not at all. Raises ResultsError."""
        if report.sha256 is not None:
            self._write(self._path(submission, entry, report.sha256), report_to_json(report))

    def _path(self, submission: Submission, entry: Entry, sha256: str) -> Path:
        decides = [
            *(entry.id, entry.version, sha256, submission.student, submission.notes),
            *(self.seed, repr(entry.problem.limits), conditions()),
        ]
        key = hashlib.sha256(json.dumps(decides).encode()).hexdigest()
        return self.folder / REPORTS / f"{key[:40]}.json"

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise NotKept(self._broken("could not be written", error)) from error

    def _broken(self, what: str, error: OSError) -> str:
        why = os.strerror(error.errno) if error.errno else str(error)
        return (
            f"{self.folder} {what} ({why}). What is in it is kept: mend that, and the same command "
            "goes on."
        )


def _holds_others(folder: Path) -> bool:
    """Whether a folder without `run.json` holds more than a killed run's half of that file."""
    return any(not path.name.startswith(f".{RUN}.") for path in folder.iterdir())
