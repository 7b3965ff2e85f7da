"""Grades on Dask's scheduler: each of its workers starts sandboxes on its own host.

What a worker needs is sent to it: the source of `problem.py`, the right answers, the submission's
bytes, the fingerprints of known mistakes. The reference and the mistakes themselves stay here. A
Dask worker is ours, as is who can reach it; the sandboxes that it starts are the students'.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.errors import DaskError, SandboxError
from ..common.versions import conditions
from ..course.catalogue import Entry, load_course
from ..course.draw import draw_cases, tiny_cases
from ..diagnosis.ask_further import Examples
from ..diagnosis.finding import Finding
from ..diagnosis.fingerprints import Fingerprints
from ..diagnosis.known_mistakes import KnownMistakes
from ..diagnosis.pixels_read import probes
from ..oracle.practice import SEED
from ..oracle.program_cache import contents, programs, share
from ..report.report import Report, judge_error
from ..sandbox import Sandbox, choose_sandbox, worker_folder
from ..submissions import Submission, Unreadable
from .grade_many import collect
from .grade_one import grade_submission
from .plan import NoPlan, Plan, Plans

RETRIES = 3  # of a submission whose Dask worker failed
Arrays = Sequence[NDArray[np.float64]]


@dataclass(frozen=True)
class Shipment:
    """One problem as a worker needs it, the same for all submissions."""

    id: str
    source: bytes
    version: str
    seed: int
    tiny_expected: Arrays
    findings: Sequence[Finding]  # of the known mistakes
    fingerprints: tuple[Fingerprints, Fingerprints]  # the right ones, and those of known mistakes
    sandbox: str
    versions: dict[str, str]
    programs: dict[str, bytes]


@contextmanager
def cluster(address: str, jobs: int) -> Iterator[Any]:
    """A client of the cluster at that address, or of one made here where it says "local".

    Raises DaskError.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise DaskError(
            "Dask is not installed: pip install 'vit-input-exercises[dask]', here and on each of "
            "its workers."
        ) from None
    if address == "local":
        with (
            LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None) as made,  # type: ignore[no-untyped-call]
            Client(made) as client,  # type: ignore[no-untyped-call]
        ):
            yield client
        return
    try:
        client = Client(address, timeout=20)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TimeoutError) as error:
        raise DaskError(
            f"There is no Dask scheduler at {address} ({error}). Start one with `dask scheduler`, "
            "and workers with `dask worker ADDRESS --nthreads 1`."
        ) from error
    with client:
        yield client


def check_cluster(client: Any, sandbox: str) -> None:
    """Tries the sandbox on each worker's host. Raises DaskError where one can't grade."""
    answers: dict[str, str] = client.run(_unfit, sandbox, conditions())
    if not answers:
        raise DaskError("The Dask scheduler has no workers: start some, and call again.")
    unfit = [f"  {address}: {why}" for address, why in answers.items() if why]
    if unfit:
        raise DaskError("These Dask workers can't grade:\n" + "\n".join(unfit))


def _unfit(sandbox: str, wanted: dict[str, str]) -> str:
    """Why this process can't grade, or nothing."""
    mine = conditions()
    other = [f"{k} {mine[k]} and not {wanted[k]}" for k in wanted if mine[k] != wanted[k]]
    if other:
        return f"it has {', '.join(other)}"
    try:
        _sandbox(sandbox)
    except SandboxError as error:
        return str(error)
    return ""


def grade_all_on(
    client: Any,
    submissions: Sequence[Submission],
    plans: Plans,
    sandbox: Sandbox,
    done: Callable[[Submission, Report], None],
) -> list[Report]:
    """The reports, in the order of the submissions; `done` is told of each as it comes.

    A Dask worker that dies loses nothing: what it had is given to another.
    """
    executor = client.get_executor(pure=False, retries=RETRIES)
    shipped: dict[str, tuple[Any, Any]] = {}  # a problem's shipment and right answers, sent once

    def submit(submission: Submission) -> Future[Report]:
        plan = plans[submission.problem_id]
        if isinstance(plan, NoPlan):
            return _done(judge_error(plan.entry, submission, sandbox.name, plan.error))
        try:
            data = submission.read()
        except (Unreadable, OSError):
            return _done(grade_submission(plan, submission, sandbox))  # no worker is needed
        if plan.entry.id not in shipped:
            parts = [_shipment(plan, sandbox), list(plan.expected)]
            shipped[plan.entry.id] = tuple(client.scatter(parts, broadcast=True, hash=False))
        shipment, expected = shipped[plan.entry.id]
        what = submission.student, submission.path.name, data, submission.notes
        return _told(executor.submit(grade_there, shipment, expected, *what), submission, plan)

    def _told(future: Future[Report], submission: Submission, plan: Plan) -> Future[Report]:
        """The report with the submission's place here; a failure as a judge error."""
        told: Future[Report] = Future()

        def tell(ended: Future[Report]) -> None:
            try:
                report = ended.result()
                told.set_result(dataclasses.replace(report, submission=submission.where))
            except BaseException as error:
                # All that had the shipment may be gone; who comes next sends another one.
                shipped.pop(plan.entry.id, None)
                cause = error if isinstance(error, Exception) else RuntimeError("it was stopped")
                report = judge_error(plan.entry, submission, sandbox.name, cause)
                told.set_result(dataclasses.replace(report, disturbed=True))

        future.add_done_callback(tell)
        return told

    return collect(submissions, submit, done)


def _done(report: Report) -> Future[Report]:
    future: Future[Report] = Future()
    future.set_result(report)
    return future


def _shipment(plan: Plan, sandbox: Sandbox) -> Shipment:
    assert plan.examples is not None
    assert plan.known is not None
    known = plan.known()
    return Shipment(
        id=plan.entry.id,
        source=(plan.entry.folder / "problem.py").read_bytes(),
        version=plan.entry.version,
        seed=plan.seed,
        tiny_expected=plan.examples.expected,
        findings=known.findings,
        fingerprints=(known.right, known.fingerprints),
        sandbox=sandbox.name,
        versions=conditions(),
        programs=contents(programs(plan.entry)),
    )


def grade_there(
    shipment: Shipment,
    expected: Arrays,
    student: str,
    name: str,
    data: bytes,
    notes: tuple[str, ...],
) -> Report:
    """Runs on a Dask worker. Raises DaskError or SandboxError where its host can't grade."""
    unfit = _unfit(shipment.sandbox, shipment.versions)
    if unfit:
        raise DaskError(unfit)
    entry = _entry(shipment.id, shipment.source, shipment.version)
    if (shipment.id, shipment.version, shipment.seed) not in _shared:
        share(shipment.programs, worker_folder() / "compiled")
        _shared.add((shipment.id, shipment.version, shipment.seed))
    cases = draw_cases(entry, shipment.seed)
    examples = Examples(tiny_cases(entry), shipment.tiny_expected, probes(entry.problem))
    right, others = shipment.fingerprints

    def known() -> KnownMistakes:
        return KnownMistakes(draw_cases(entry, SEED), right, shipment.findings, others)

    plan = Plan(entry, cases, expected, shipment.seed, examples, known)
    with tempfile.TemporaryDirectory(prefix="grader-submission-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        submission = Submission(student, path, entry.id, notes)
        return grade_submission(plan, submission, _sandbox(shipment.sandbox))


_shared: set[tuple[str, str, int]] = set()  # the shipments whose programs workers have here


@cache
def _sandbox(name: str) -> Sandbox:
    return choose_sandbox(name, [])


@lru_cache(maxsize=8)
def _entry(problem_id: str, source: bytes, version: str) -> Entry:
    with tempfile.TemporaryDirectory(prefix="grader-problem-") as folder:
        path = Path(folder) / "problems" / problem_id / "problem.py"
        path.parent.mkdir(parents=True)
        path.write_bytes(source)
        entry = load_course(Path(folder)).get(problem_id)
    return dataclasses.replace(entry, version=version)
