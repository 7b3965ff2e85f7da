"""The folder of a run. Each report is written to it when it is made, so a stopped run can continue.

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
from dataclasses import dataclass, replace
from pathlib import Path

from ..common.errors import NotKept, ResultsError
from ..common.files import write_whole
from ..common.locks import lock, unlock
from ..common.verdict import Verdict
from ..common.versions import conditions
from ..course.catalogue import Entry
from ..submissions import Submission
from .report import Report
from .report_json import from_json, to_json
from .run import SCHEMA, Run

log = logging.getLogger(__name__)

RUN, REPORTS, WHOLE = "run.json", "reports", "report.json"


@dataclass(frozen=True)
class Begun:
    """`run.json`: what was settled when the run began. format: the version of the reports."""

    format: int
    seed: int


def read_run(folder: Path) -> Run:
    """The run whose results the folder holds. Raises ResultsError if it is not finished."""
    path = folder / WHOLE
    try:
        return from_json(path.read_bytes(), Run)
    except FileNotFoundError:
        raise ResultsError(
            f"There is no {path}: the run was not finished, or this is not a results folder. "
            f"`grader grade SUBMISSIONS -o {folder}` continues a run."
        ) from None
    except (OSError, ValueError) as error:
        raise ResultsError(
            f"{path} can't be read ({error}): it is damaged or from another version. Its reports "
            f"are kept; `grader grade SUBMISSIONS -o {folder}` writes it again."
        ) from error


class ResultsFolder(AbstractContextManager["ResultsFolder"]):
    """An open results folder, which no other run can open at the same time.

    seed: of the run, which an earlier call may have begun.
    """

    def __init__(self, folder: Path, seed: int):
        """Opens the folder, or makes it, for a run of this seed. Raises ResultsError."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A run that was killed may leave half of its `run.json` under a longer name.
            others = [path for path in folder.iterdir() if not path.name.startswith(f".{RUN}.")]
            if others and not (folder / RUN).exists():
                raise ResultsError(
                    f"{folder} holds other things than results. Name an empty or a new folder."
                )
            self._lock = lock(folder)
        except OSError as error:
            raise ResultsError(self._broken(error)) from error
        if self._lock is None:
            raise ResultsError(
                f"Another run is writing to {folder}. Wait until it ends, or name another folder."
            )
        try:
            self.seed = self._begin(seed)
        except BaseException:
            unlock(self._lock)
            raise

    def __exit__(self, *_: object) -> None:
        unlock(self._lock)

    def _begin(self, seed: int) -> int:
        path = self.folder / RUN
        try:
            begun = from_json(path.read_bytes(), Begun)
        except FileNotFoundError:
            begun = Begun(SCHEMA, seed)
            self._write(path, to_json(begun))
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{path} is damaged ({error}), so it is not known to which run the reports belong. "
                "Name another folder; this one stays as it is."
            ) from error
        if begun.format != SCHEMA:
            raise ResultsError(
                f"{self.folder} is from another version of the grader (its format is "
                f"{begun.format}, this version writes {SCHEMA}). Name another folder; this one "
                "stays as it is."
            )
        return begun.seed

    def find(self, submission: Submission, entry: Entry, sha256: str) -> Report | None:
        """The report that an earlier call made of this submission under the same conditions."""
        try:
            report = from_json(self._path(submission, entry, sha256).read_bytes(), Report)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.info("a kept report can't be read, so the submission is graded again: %s", error)
            return None
        if report.verdict is Verdict.JUDGE_ERROR or report.disturbed:
            return None
        # The folder may have moved.
        wheres = {file.path.name: file.where for file in (submission, *submission.others)}
        name = Path(report.submission).name
        return replace(report, submission=wheres.get(name, report.submission))

    def keep(self, report: Report, submission: Submission, entry: Entry) -> None:
        """Writes a report, whole or not at all. Raises NotKept."""
        if report.sha256 is not None:
            self._write(self._path(submission, entry, report.sha256), to_json(report))

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
            raise NotKept(self._broken(error)) from error

    def _broken(self, error: OSError) -> str:
        why = os.strerror(error.errno) if error.errno else str(error)
        return (
            f"{self.folder} could not be written ({why}). What is in it is kept: fix that, and run "
            "the same command again to continue."
        )
