"""Grades on Dask's scheduler: each of its workers starts sandboxes on its own host.

What a worker needs is sent to it: the source of `problem.py`, the cases, their right answers, the
fingerprints of known mistakes, and the submission's bytes. The reference and the mistakes
themselves stay here. We trust a Dask worker and everyone who can reach it; the sandboxes that it
starts hold students' code.
"""

import dataclasses
import logging
import secrets
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..common.errors import DaskError, SandboxError
from ..common.versions import conditions
from ..course.catalogue import Entry, load_course
from ..course.problem import Case, Limits
from ..diagnosis.further_look import Examples
from ..diagnosis.known_mistakes import KnownMistakes
from ..oracle.program_cache import contents, programs, share
from ..report.report import Report, judge_error
from ..sandbox import Sandbox, choose_sandbox, worker_folder
from ..submissions import Submission
from .grade_many import Running, not_shown
from .grade_one import ReadFile, grade_files, read_files
from .plan import NoPlan, Plan, Plans
from .second_tries import Announce, collect

log = logging.getLogger(__name__)

RETRIES = 3  # of a submission whose Dask worker failed


@dataclass(frozen=True)
class SentPlan:
    """A plan as a worker needs it, for all submissions for a problem.

    source: of `problem.py`, whose functions can't be sent. programs: what is precompiled.
    """

    id: str
    source: bytes
    version: str
    limits: Limits
    cases: Sequence[Case]
    expected: Sequence[NDArray[np.float64]]
    seed: int
    examples: Examples
    known: KnownMistakes
    programs: dict[str, bytes]
    sandbox: str
    conditions: dict[str, str]


@contextmanager
def cluster(address: str, jobs: int) -> Iterator[Any]:
    """A client of the cluster at that address, or of one made here for "local".

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
        made = LocalCluster(n_workers=jobs, threads_per_worker=1, dashboard_address=None)  # type: ignore[no-untyped-call]
        with made, Client(made) as client:  # type: ignore[no-untyped-call]
            yield client
        return
    try:
        client = Client(address, timeout=20)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise DaskError(
            f"There is no Dask scheduler at {address} ({error}). Start one with `dask scheduler`, "
            "and workers with `dask worker ADDRESS --nthreads 1`."
        ) from error
    with client:
        yield client


def check_cluster(client: Any, sandbox: str) -> None:
    """Tries the sandbox on each worker's host. Raises DaskError if one can't grade."""
    answers: dict[str, str] = client.run(_problem_with_host, sandbox, conditions())
    if not answers:
        raise DaskError("The Dask scheduler has no workers: start some, and call again.")
    unusable = [f"  {address}: {why}" for address, why in answers.items() if why]
    if unusable:
        raise DaskError("These Dask workers can't grade:\n" + "\n".join(unusable))


def _problem_with_host(sandbox: str, wanted: dict[str, str]) -> str:
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
    running: Running = not_shown,
    announce: Announce = log.info,
) -> list[Report]:
    """The reports, in the order of the submissions; `done` gets each as it comes. running: is
    entered while the cluster has a submission, also if that waits for a worker there. announce:
    gets a sentence if some are graded again.

    A Dask worker that dies loses nothing: its submissions go to another.
    """
    executor = client.get_executor(pure=False, retries=RETRIES)

    def submit(submission: Submission) -> Future[Report]:
        plan = plans[submission.problem_id]
        entry = plan.entry
        completed: Future[Report] = Future()
        if isinstance(plan, NoPlan):
            completed.set_result(judge_error(entry, submission, sandbox.name, plan.error))
            return completed
        files = read_files(submission)
        there = ExitStack()
        there.enter_context(running(submission))

        def complete(ended: Future[Report]) -> None:
            there.close()
            try:
                report = ended.result()
            except BaseException as error:
                cause = error if isinstance(error, Exception) else RuntimeError("it was stopped")
                failed = judge_error(entry, submission, sandbox.name, cause)
                report = dataclasses.replace(failed, disturbed=True)
            completed.set_result(report)

        executor.submit(grade_there, name, entry.id, files).add_done_callback(complete)
        return completed

    whole = [plan for plan in plans.values() if isinstance(plan, Plan)]
    with _on_each_worker(client, {p.entry.id: _to_send(p, sandbox) for p in whole}) as name:
        hosts = {address.rpartition(":")[0] for address in client.nthreads()}
        at_once = max(1, len(hosts))
        return collect(submissions, submit, done, at_once, announce=announce)


@contextmanager
def _on_each_worker(client: Any, plans: dict[str, SentPlan]) -> Iterator[str]:
    """Gives the plans to each Dask worker, also to one that starts later: data that a task depends
    on would be lost with the workers that hold it. Yields the attribute of a worker they are in.
    """
    from distributed import WorkerPlugin

    class GivePlans(WorkerPlugin):
        def setup(self, worker: Any) -> None:
            setattr(worker, name, plans)

        def teardown(self, worker: Any) -> None:
            delattr(worker, name)

    name = f"grader_plans_{secrets.token_hex(8)}"
    client.register_plugin(GivePlans(), name=name)
    try:
        yield name
    finally:
        client.unregister_worker_plugin(name)


def _to_send(plan: Plan, sandbox: Sandbox) -> SentPlan:
    return SentPlan(
        id=plan.entry.id,
        source=(plan.entry.folder / "problem.py").read_bytes(),
        version=plan.entry.version,
        limits=plan.entry.problem.limits,
        cases=plan.cases,
        expected=plan.expected,
        seed=plan.seed,
        examples=plan.examples,
        known=plan.known(),
        programs=contents(programs(plan.entry)),
        sandbox=sandbox.name,
        conditions=conditions(),
    )


def grade_there(plans: str, problem_id: str, files: Sequence[ReadFile]) -> Report:
    """Runs on a Dask worker. Raises DaskError or SandboxError if its host can't grade."""
    from distributed import get_worker

    sent: SentPlan = getattr(get_worker(), plans)[problem_id]
    if problem := _problem_with_host(sent.sandbox, sent.conditions):
        raise DaskError(problem)
    share(sent.programs, worker_folder() / "compiled")
    entry = _entry(sent.id, sent.source, sent.version).limited(**vars(sent.limits))
    plan = Plan(entry, sent.cases, sent.expected, sent.seed, sent.examples, lambda: sent.known)
    return grade_files(plan, files, _sandbox(sent.sandbox))


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
