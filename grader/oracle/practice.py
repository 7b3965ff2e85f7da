"""Practice cases: drawn from a public seed, and recorded with their right answers.

They take the place of the reference in the course that students get. The inputs are drawn again
and not stored; a digest says whether they are the same. Of each known mistake only the fingerprints
(`grader.diagnosis.known_mistakes`) and the sentence are kept.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.errors import CourseError
from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.draw import digest, draw_cases, tiny_cases
from ..course.problem import Case
from ..diagnosis.experiments import experiments
from ..diagnosis.finding import Finding
from ..diagnosis.known_mistakes import KnownMistakes, in_asking_order, no_mistakes
from .record_mistakes import Announce, record_mistakes
from .reference import Oracle

SEED = 1  # everyone may know it: what counts is graded on other cases
FILE = "practice.npz"
FORMAT = 4


def practice_cases(entry: Entry) -> list[Case]:
    """The practice cases of a problem, in the order in which functions are asked for them."""
    return in_asking_order(draw_cases(entry, SEED))


@dataclass(frozen=True)
class Practice:
    """What `practice.npz` holds. It is an oracle for the practice cases of one problem.

    answers: for each case the right answer, float64, in the statement's shape. tiny: the right
    answers of the cases that can be read by eye. measured: those of the experiments, empty if one
    has none. canary: the first numbers of JAX's random stream on the machine that recorded it.
    versions: of what recorded it.
    """

    digest: str
    answers: list[NDArray[np.float64]]
    tiny: list[NDArray[np.float64]]
    measured: list[NDArray[np.float64]]
    mistakes: KnownMistakes
    canary: list[float]
    versions: dict[str, str]

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        """The answers to these cases. Raises CourseError if they were not recorded."""
        if digest(cases) == digest(tiny_cases(entry)):
            return self.tiny
        if self.measured and digest(cases) == digest([*experiments(entry.problem).values()]):
            return self.measured
        if digest(cases) != self.digest:
            versions = ", ".join(f"{k} {v}" for k, v in self.versions.items())
            raise CourseError(
                f"{entry.folder / FILE} was recorded for other cases than this installation draws. "
                f"Install the versions that recorded it ({versions}), or get the course again."
            )
        return self.answers

    def same_stream(self) -> bool:
        """Whether this JAX draws the random numbers that the practice cases were recorded with."""
        return bool(np.allclose(canary(), self.canary, rtol=1e-5, atol=1e-6))


def experiments_of(
    entry: Entry, oracle: Oracle
) -> tuple[dict[str, Case], dict[str, NDArray[np.float64]]]:
    """The experiments that measure what a function computes, and their right answers, by name.

    None if the right answer can't be computed for one of them: if the problem declares no
    `affine_in`, it may be defined for some arguments only. Else raises what the oracle raises.
    """
    asked = experiments(entry.problem)
    try:
        right = oracle.expected(entry, [*asked.values()])
    except CourseError:
        if entry.problem.affine_in:
            raise
        return {}, {}
    return asked, dict(zip(asked, right, strict=True))


def record(entry: Entry, oracle: Oracle, jobs: int, announce: Announce) -> Practice:
    """Runs the reference and every known mistake on the practice cases, `jobs` at a time.

    announce: gets a sentence now and then. Raises CourseError, SandboxError.
    """
    cases = practice_cases(entry)
    expected = oracle.expected(entry, cases)
    mistakes = record_mistakes(entry, cases, expected, jobs, announce)
    tiny = oracle.expected(entry, tiny_cases(entry))
    measured = [*experiments_of(entry, oracle)[1].values()]
    return Practice(digest(cases), expected, tiny, measured, mistakes, canary(), versions())


def recorded_once(
    entry: Entry, oracle: Oracle, jobs: int, announce: Announce
) -> Callable[[], KnownMistakes]:
    """Gives a problem's known mistakes. The first call records them, and others at the same time
    wait for it. If that fails, `announce` gets the reason, and no mistake is named: no verdict
    needs one.
    """
    one_at_a_time = threading.Lock()

    @cache
    def recorded() -> KnownMistakes:
        try:
            cases = practice_cases(entry)
            return record_mistakes(entry, cases, oracle.expected(entry, cases), jobs, announce)
        except Exception as error:  # the author's code: it may raise anything
            announce(f"The known mistakes of {entry.id} are not named in this run: {error}")
            return no_mistakes()

    def known() -> KnownMistakes:
        with one_at_a_time:
            return recorded()

    return known


def canary() -> list[float]:
    """The first numbers of JAX's random stream: other versions of JAX may draw others."""
    import jax

    key = jax.random.PRNGKey(0)
    drawn = jax.random.truncated_normal(key, -2.0, 2.0, (4,)), jax.random.normal(key, (4,))
    return [float(number) for array in drawn for number in array]


def write_practice(practice: Practice, path: Path) -> None:
    """Writes one file, with no code in it and none needed to read it. Raises OSError."""
    about = {
        "format": FORMAT,
        "digest": practice.digest,
        "findings": [vars(finding) for finding in practice.mistakes.findings],
        "canary": practice.canary,
        "versions": practice.versions,
    }
    arrays: dict[str, NDArray[Any]] = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        **{f"answers_{n}": array for n, array in enumerate(practice.answers)},
        **{f"tiny_{n}": array for n, array in enumerate(practice.tiny)},
        **{f"measured_{n}": array for n, array in enumerate(practice.measured)},
        "right": practice.mistakes.right,
        "mistakes": practice.mistakes.fingerprints,
    }
    with open(path, "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read_practice(entry: Entry) -> Practice:
    """Raises CourseError if the file is missing or damaged."""
    path = entry.folder / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise CourseError(f"{path} is for another version of the grader: update it.")
            findings = [Finding(**finding) for finding in about["findings"]]
            cases = practice_cases(entry)
            return Practice(
                digest=about["digest"],
                answers=[file[name] for name in file if name.startswith("answers_")],
                tiny=[file[name] for name in file if name.startswith("tiny_")],
                measured=[file[name] for name in file if name.startswith("measured_")],
                mistakes=KnownMistakes(cases, file["right"], findings, file["mistakes"]),
                canary=about["canary"],
                versions=about["versions"],
            )
    except CourseError:
        raise
    except FileNotFoundError:
        raise CourseError(
            f"{path} is missing, and there are no solutions here: get the course again."
        ) from None
    except Exception as error:  # whatever a damaged file makes NumPy or JSON raise
        raise CourseError(f"{path} is damaged ({error}): get the course again.") from error
