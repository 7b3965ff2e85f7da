"""Records the fingerprints of known mistakes: each is run once in a worker, and then cached.

A worker has limits on memory and time, and what a mistake changes in JAX ends with it. There are no
walls: known mistakes are the author's code.
"""

from __future__ import annotations

import ast
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..common.versions import versions
from ..course.catalogue import Entry
from ..course.draw import digest
from ..course.files import bank
from ..course.problem import Case
from ..diagnosis.finding import Finding
from ..diagnosis.known_mistakes import (
    FINGERPRINT,
    Fingerprints,
    KnownMistakes,
    ask_in_turn,
    take_fingerprints,
)
from ..judging.outcome import Answer, Outcome, perhaps_disturbed
from ..sandbox import Sandbox, worker_threads
from ..sandbox.session import Session
from ..submissions import Code
from .answer_cache import ArrayCache
from .unconfined import warm_unconfined

log = logging.getLogger(__name__)

RECORDINGS = ArrayCache("mistakes-4", most=3000)  # of some kilobytes each
ANNOUNCE_EVERY = 20  # recordings

Announce = Callable[[str], None]


def record_mistakes(
    entry: Entry,
    cases: Sequence[Case],
    expected: Sequence[NDArray[np.float64]],
    jobs: int,
    announce: Announce,
) -> KnownMistakes:
    """The known mistakes of a problem on its practice cases. Raises SandboxError.

    cases: in their asking order. expected: their right answers. jobs: how many mistakes are run at
    a time, if they are not cached. announce: gets a sentence now and then meanwhile.
    """
    right = take_fingerprints(cases, [Answer(e.shape, "", e.size, e.ravel()) for e in expected])
    key = entry.id, entry.version, digest(cases), versions()
    files = dict(_readable(bank(entry.solutions / "wrong_answer")))
    keys = {path: (*key, hashlib.sha256(data).hexdigest()) for path, data in files.items()}
    found = {path: arrays[0] for path in files if (arrays := RECORDINGS.read(*keys[path]))}
    left = [path for path in files if path not in found]
    if left:
        what = f"Recording the known mistakes of {entry.id}, once"
        announce(f"{what}: 0 of {len(left)}.")
        with warm_unconfined() as sandbox, worker_threads(jobs) as pool:

            def record(path: Path) -> None:
                found[path], disturbed = _answers(sandbox, entry, files[path], cases, right)
                if not disturbed:
                    RECORDINGS.keep([found[path]], *keys[path])

            for done, _ in enumerate(pool.map(record, left), 1):
                if done % ANNOUNCE_EVERY == 0:
                    announce(f"{what}: {done} of {len(left)}.")
    return KnownMistakes(
        cases=cases,
        right=right,
        findings=[_finding(path, data) for path, data in files.items()],
        fingerprints=np.array([found[path] for path in files], FINGERPRINT).reshape(-1, len(cases)),
    )


def _readable(paths: Sequence[Path]) -> Iterator[tuple[Path, bytes]]:
    """What can be read as Python: a file that is being written must not stop anyone's grading."""
    for path in paths:
        try:
            data = path.read_bytes()
            ast.parse(data)
        except (OSError, SyntaxError, ValueError) as error:
            log.info("a file of a bank can't be read, and is skipped: %s", error)
        else:
            yield path, data


def _answers(
    sandbox: Sandbox, entry: Entry, data: bytes, cases: Sequence[Case], right: Fingerprints
) -> tuple[Fingerprints, bool]:
    """What a known mistake answers, shape (cases,); and whether other processes may have changed
    that, as on a busy machine. data: its file.
    """
    with Session.ready(sandbox, entry.problem) as session:
        failure = session.load(Code(data))
        if failure is not None:
            return take_fingerprints(cases, [None] * len(cases)), perhaps_disturbed(failure)
        session.allow_output()
        outcomes: list[Outcome | None] = []

        def ask(case: Case, elements: int) -> Outcome | None:
            outcomes.append(session.ask_unless_over(case, elements))
            return outcomes[-1]

        answers = ask_in_turn(cases, right, ask)
        return answers, any(map(perhaps_disturbed, outcomes))


def _finding(path: Path, data: bytes) -> Finding:
    # Students may see the id, and must not see the file's name.
    name = hashlib.sha256(path.stem.encode()).hexdigest()[:8]
    return Finding(f"known-{name}", sentence(data))


def sentence(data: bytes) -> str:
    """What a known mistake's file says to students: the first paragraph of its docstring."""
    documentation = ast.get_docstring(ast.parse(data)) or ""
    return " ".join(documentation.split("\n\n")[0].split())
