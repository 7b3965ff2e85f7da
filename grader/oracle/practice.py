"""Practice cases: drawn from a public seed, and recorded with their right answers.

They take the place of the reference where there is none, in the course that students get. The
inputs are drawn again and not stored; a digest tells whether they are the same. Of the known
mistakes only prints are kept (`grader.diagnosis.fingerprints`), each with its sentence.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..common.errors import CourseError
from ..course.catalogue import Entry
from ..course.draw import draw_cases, tiny_cases
from ..course.problem import Case
from ..diagnosis.fingerprints import Prints, Recorded, take_prints
from ..judging.outcome import Outcome
from .in_process import Own, ask_own, jax_as_it_was, load_own, quiet
from .reference import Oracle

SEED = 1  # everyone may know it: what counts is graded on other cases
FILE = "practice.npz"
FORMAT = 1
FILES_IN_MEMORY = 10  # known mistakes, of each of which JAX keeps some 20 MB of programs
ARRAYS = ("elements", "odd", "projections", "bounds")


@dataclass(frozen=True)
class Practice:
    """What `practice.npz` holds.

    expected: for each case the right answer, float64, in the statement's shape. tiny: likewise for
    the cases that can be read by eye. canary: the first
    numbers of JAX's random stream where it was recorded. versions: of what recorded it.
    """

    digest: str
    expected: list[NDArray[np.float64]]
    tiny: list[NDArray[np.float64]]
    mistakes: list[Recorded]
    canary: list[float]
    versions: dict[str, str]


class PracticeOracle:
    """An oracle that knows the practice cases of one problem and no others."""

    def __init__(self, practice: Practice):
        self._practice = practice

    def expected(self, entry: Entry, cases: Sequence[Case]) -> list[NDArray[np.float64]]:
        """Raises CourseError where these are not the cases that were recorded."""
        if digest(cases) == digest(tiny_cases(entry)):
            return self._practice.tiny
        if digest(cases) != self._practice.digest:
            versions = ", ".join(f"{k} {v}" for k, v in self._practice.versions.items())
            raise CourseError(
                f"{entry.folder / FILE} was recorded for other cases than this installation draws. "
                f"Install the versions that recorded it ({versions}), or get the course again."
            )
        return self._practice.expected


def record(entry: Entry, oracle: Oracle, tell: Callable[[int, int], None]) -> Practice:
    """Runs the reference and every known mistake on the practice cases.

    `tell` is told how many of how many mistakes are done. Raises CourseError.
    """
    from ..common.versions import versions

    cases = draw_cases(entry, SEED)
    expected = oracle.expected(entry, cases)
    mistakes: list[Recorded] = []
    files = sorted((entry.solutions / "wrong_answer").glob("*.py"))
    for number, path in enumerate(files):
        tell(number, len(files))
        if number % FILES_IN_MEMORY == 0:
            _forget_compiled()
        prints = take_prints(cases, answers(entry, path, cases, expected))
        mistakes.append(Recorded(sentence(path), prints))
    tiny = oracle.expected(entry, tiny_cases(entry))
    return Practice(digest(cases), expected, tiny, mistakes, canary(), versions())


def _forget_compiled() -> None:
    """What JAX compiled for one file is of no use to the next, and stays for ever."""
    import gc

    import jax

    jax.clear_caches()  # type: ignore[no-untyped-call]
    gc.collect()


def answers(
    entry: Entry, path: Path, cases: Sequence[Case], expected: Sequence[NDArray[np.float64]]
) -> list[Outcome | None]:
    """What one of the course's own files answers, case by case."""
    with quiet(), jax_as_it_was():
        own = load_own(entry.problem, path)
        if not isinstance(own, Own):
            return [None] * len(cases)
        limit = entry.problem.limits.case_seconds
        return [
            ask_own(own, case, right.size, case.seconds or limit)
            for case, right in zip(cases, expected, strict=True)
        ]


def sentence(path: Path) -> str:
    """What a known mistake's file says to who made it: its docstring's first paragraph."""
    documentation = ast.get_docstring(ast.parse(path.read_bytes())) or ""
    return " ".join(documentation.split("\n\n")[0].split())


def digest(cases: Sequence[Case]) -> str:
    """Tells sets of inputs apart."""
    state = hashlib.sha256()
    for case in cases:
        state.update(f"{case.group} {case.arrays} {case.terms} {case.shapes}".encode())
        for argument in case.arguments:
            state.update(np.asarray(argument).tobytes())
    return state.hexdigest()


def canary() -> list[float]:
    """The first numbers of JAX's random stream: other versions of JAX may draw others."""
    import jax

    key = jax.random.PRNGKey(0)
    drawn = jax.random.truncated_normal(key, -2.0, 2.0, (4,)), jax.random.normal(key, (4,))
    return [float(number) for array in drawn for number in array]


def same_stream(practice: Practice) -> bool:
    """Whether this JAX draws the numbers that the practice cases were recorded with."""
    return bool(np.allclose(canary(), practice.canary, rtol=1e-5, atol=1e-6))


def write_practice(practice: Practice, path: Path) -> None:
    """Writes one file, with no code in it and none needed to read it. Raises OSError."""
    about = {
        "format": FORMAT,
        "digest": practice.digest,
        "sentences": [mistake.sentence for mistake in practice.mistakes],
        "canary": practice.canary,
        "versions": practice.versions,
    }
    arrays: dict[str, NDArray[np.generic]] = {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8)
    }
    for kind in ("expected", "tiny"):
        for number, array in enumerate(getattr(practice, kind)):
            arrays[f"{kind}_{number}"] = array
    for name in ARRAYS:
        rows = [getattr(mistake.prints, name) for mistake in practice.mistakes]
        arrays[f"mistakes_{name}"] = np.array(rows)
    with open(path, "wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def read_practice(path: Path) -> Practice:
    """Raises CourseError where the file is missing or none of ours."""
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            if about["format"] != FORMAT:
                raise CourseError(f"{path} is for another version of the grader: update it.")
            expected, tiny = (
                [file[f"{kind}_{n}"] for n in range(sum(name.startswith(kind) for name in file))]
                for kind in ("expected", "tiny")
            )
            columns = [file[f"mistakes_{name}"] for name in ARRAYS]
            rows = [Prints(*row) for row in zip(*columns, strict=True)]
            mistakes = [Recorded(s, p) for s, p in zip(about["sentences"], rows, strict=True)]
            return Practice(
                about["digest"], expected, tiny, mistakes, about["canary"], about["versions"]
            )
    except CourseError:
        raise
    except FileNotFoundError:
        raise CourseError(
            f"{path} is missing, and there are no solutions here: get the course again."
        ) from None
    except Exception as error:  # whatever a damaged file makes NumPy or JSON raise
        raise CourseError(f"{path} is damaged ({error}): get the course again.") from error
