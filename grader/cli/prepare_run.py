"""What a command needs before it grades: a proven sandbox, an open results folder, the cluster."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace

from ..common.errors import UsageError
from ..common.processors import usable_processors
from ..common.slow_steps import say_if_slow
from ..course.catalogue import Course, Entry
from ..course.draw import fresh_seed
from ..grading.class_run import ClassRun
from ..oracle.practice import SEED
from ..report.results_folder import NoFolder, ResultsFolder
from ..sandbox import choose_sandbox, prove
from ..submissions import Submission
from ..writers.terminal import Terminal


def prepare_run(
    options: argparse.Namespace,
    course: Course,
    submissions: Sequence[Submission],
    stack: ExitStack,
    errors: Terminal,
) -> tuple[ClassRun, ResultsFolder | NoFolder]:
    """A proven sandbox, a seed, and an open results folder."""
    # A link is not read, and it may lead to a file that workers may see: it is not secret.
    files = [path for s in submissions for path in s.paths if not os.path.islink(path)]
    secret = [*course.root.glob("solutions/*/reference.py"), *files]
    with say_if_slow(errors.say, "Trying whether the sandbox holds …"):
        sandbox = choose_sandbox(options.sandbox, secret)
    if sandbox.name == "none":
        errors.print(
            "[bold red]No sandbox:[/] submissions run with your rights and can read, change and "
            "send whatever you can. Use this only for your own code."
        )
    seed = fresh_seed() if options.seed is None else options.seed
    results: ResultsFolder | NoFolder = NoFolder(seed)
    if options.results:
        results = stack.enter_context(ResultsFolder(options.results, seed))
    if not results.state.commands:  # a command was refused before it added anything
        results.state = replace(results.state, seed=seed)
    if options.seed not in (None, results.state.seed):
        raise UsageError(
            f"{options.results} holds a class of seed {results.state.seed}. Leave out --seed to "
            "continue it, or name another folder."
        )
    if results.state.seed == SEED:
        errors.say(
            f"Seed {SEED} draws the practice cases, and students have their answers. For marks, "
            "use another seed, or leave out --seed."
        )
    jobs = options.jobs or usable_processors()
    client = None
    if options.dask:
        from ..grading.on_dask import check_cluster, cluster  # not everyone installs Dask

        with say_if_slow(errors.say, "Trying the Dask workers …"):
            client = stack.enter_context(cluster(options.dask, jobs))
            check_cluster(client, sandbox.name)
    class_run = ClassRun(
        entries={entry.id: _with_limits(entry, options) for entry in course.entries.values()},
        seed=results.state.seed,
        sandbox=sandbox,
        prove=lambda: prove(sandbox, secret),
        jobs=jobs,
        client=client,
    )
    return class_run, results


def _with_limits(entry: Entry, options: argparse.Namespace) -> Entry:
    """The problem with the limits that the command names."""
    changes: dict[str, float] = {}
    if options.seconds:
        changes["total_seconds"] = options.seconds
    if options.memory:
        changes["memory_bytes"] = int(options.memory * 2**30)
    return entry.limited(**changes)
