"""Records the fingerprints of known mistakes: each is run once, as any submission, in a worker.

A worker has limits on memory and time, and what a mistake changes in JAX ends with it. There are no
walls: known mistakes are the author's code. What was recorded is cached for each file.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.draw import digest
from ..course.files import bank
from ..course.problem import Case
from ..diagnosis.finding import Finding
from ..diagnosis.fingerprints import FINGERPRINT, take_fingerprints
from ..diagnosis.known_mistakes import KnownMistakes
from ..judging.outcome import Answer, Outcome
from ..sandbox import Sandbox, worker_threads
from ..sandbox.session import Session
from .array_cache import ArrayCache
from .own_machine import warm_own_machine

RECORDINGS = ArrayCache("mistakes-1", most=3000)  # of some kilobytes each
TELL_EVERY = 20  # recordings

Tell = Callable[[str], None]
Expected = Sequence[NDArray[np.float64]]


def record_mistakes(
    entry: Entry, cases: Sequence[Case], expected: Expected, jobs: int, tell: Tell
) -> KnownMistakes:
    """The known mistakes of a problem on its practice cases. Those that are not cached are run,
    `jobs` at a time.

    expected: the right answers to these cases. tell: gets a sentence now and then while mistakes
    are run. Raises SandboxError if no worker starts.
    """
    key = entry.id, entry.version, digest(cases), versions()
    files = dict(_readable(bank(entry.solutions / "wrong_answer")))
    keys = {path: (*key, hashlib.sha256(data).hexdigest()) for path, data in files.items()}
    found = {path: arrays[0] for path in files if (arrays := RECORDINGS.read(*keys[path]))}
    left = [path for path in files if path not in found]
    if left:
        what = f"Recording the known mistakes of {entry.id}, once"
        tell(f"{what}: 0 of {len(left)}.")
        with warm_own_machine() as sandbox, worker_threads(jobs) as pool:

            def record(path: Path) -> None:
                outcomes = _outcomes(sandbox, entry, files[path], cases, expected)
                found[path] = take_fingerprints(cases, outcomes)
                RECORDINGS.keep([found[path]], *keys[path])

            futures = [pool.submit(record, path) for path in left]
            for done, future in enumerate(as_completed(futures), 1):
                future.result()
                if done % TELL_EVERY == 0:
                    tell(f"{what}: {done} of {len(left)}.")
    right = [Answer(e.shape, "float64", e.size, e.ravel()) for e in expected]
    return KnownMistakes(
        cases=cases,
        right=take_fingerprints(cases, right),
        findings=[_finding(path, data) for path, data in files.items()],
        fingerprints=np.array([found[path] for path in files], FINGERPRINT).reshape(-1, len(cases)),
    )


def _readable(paths: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
    """What can be read as Python: a file that is being written must not stop anyone's grading."""
    for path in paths:
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            data = path.read_bytes()
            ast.parse(data)
            yield path, data


def _outcomes(
    sandbox: Sandbox, entry: Entry, data: bytes, cases: Sequence[Case], expected: Expected
) -> list[Outcome | None]:
    """What one of the course's own files answers, case by case; None once it is over."""
    with Session.ready(sandbox, entry.problem) as session:
        if session.load(data, notebook=False) is not None:
            return [None] * len(cases)
        session.lift_output_limit()
        return [
            None if session.over else session.ask(case, right.size)
            for case, right in zip(cases, expected, strict=True)
        ]


def _finding(path: Path, data: bytes) -> Finding:
    """Students may see its id, and must not see the file's name."""
    name = hashlib.sha256(path.stem.encode()).hexdigest()[:8]
    return Finding(f"known-{name}", sentence(data))


def sentence(data: bytes) -> str:
    """What a known mistake's file says to who made it: its docstring's first paragraph."""
    documentation = ast.get_docstring(ast.parse(data)) or ""
    return " ".join(documentation.split("\n\n")[0].split())
