"""Known mistakes: all are named, from what was recorded and by running them."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import psutil
import pytest
from support.course import PROBLEMS, ROOT

from grader.course.catalogue import Entry, load_course
from grader.course.draw import draw_cases
from grader.diagnosis.fingerprints import Namer, name_mistakes, take_prints
from grader.judging.outcome import Answer
from grader.oracle.known_mistakes import KnownMistakes
from grader.oracle.practice import SEED as practice_seed
from grader.oracle.practice import answers, record, sentence
from grader.oracle.program_cache import keep_compiled
from grader.oracle.reference import Reference

SEED = 41


def named(entry: Entry, name: Namer, paths: Iterable[Path]) -> dict[Path, list[str]]:
    """What is said of each file's answers."""
    keep_compiled()
    cases = draw_cases(entry, SEED)
    expected = Reference().expected(entry, cases)
    right = take_prints(cases, [Answer(e.shape, "float64", e.size, e.ravel()) for e in expected])
    return {
        path: name(take_prints(cases, answers(entry, path, cases, expected)), right)
        for path in paths
    }


def test_mistakes_are_named_and_right_answers_are_not() -> None:
    entry = load_course(ROOT).get("patch_embed_cls")
    wrong = entry.solutions / "wrong_answer"
    paths = [
        wrong / f"{name}.py"
        for name in ("height_and_width_swapped", "divided_by_255", "cls_token_appended_last")
    ]
    right = entry.solutions / "accepted" / "einsum_over_six_axes.py"
    with KnownMistakes() as known:
        name = known.namer(entry, SEED)
        found = named(entry, name, [*paths, right])
        for path in paths:
            assert sentence(path) in found[path]
        assert found[right] == []
        # It is a help, and no more: where its process ends, nothing is named and nothing breaks.
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
        assert list(named(entry, name, paths[:1]).values()) == [[]]


def test_it_ends_with_who_asked_however_that_ends() -> None:
    script = (
        "import sys, psutil\nfrom test_known import *\n"
        "entry = load_course(ROOT).get('patch_embed_cls')\n"
        "path = entry.solutions / 'wrong_answer' / 'divided_by_255.py'\n"
        "with KnownMistakes() as known:\n"
        "    named(entry, known.namer(entry, SEED), [path])\n"
        "    print(*[p.pid for p in psutil.Process().children(recursive=True)], flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
    ) as asking:
        assert asking.stdout is not None
        children = [psutil.Process(int(pid)) for pid in asking.stdout.readline().split()]
        asking.kill()
    assert children
    _, alive = psutil.wait_procs(children, timeout=30)
    assert not alive


@pytest.mark.sweep
@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_every_known_mistake_is_named(problem_id: str) -> None:
    """From the recorded answers alone, and as in a class run, without them; nearly all alone."""
    keep_compiled()
    entry = load_course(ROOT).get(problem_id)
    practice = record(entry, Reference(), lambda *_: None)
    cases = draw_cases(entry, practice_seed)
    right = take_prints(
        cases, [Answer(e.shape, "float64", e.size, e.ravel()) for e in practice.expected]
    )
    with KnownMistakes() as known:
        run_them = known.namer(entry, practice_seed)
        for name in (lambda mine, right: name_mistakes(mine, right, practice.mistakes), run_them):
            named = {m.sentence: name(m.prints, right) for m in practice.mistakes}
            assert {s: names for s, names in named.items() if s not in names} == {}
            assert sum(len(names) == 1 for names in named.values()) >= 0.9 * len(named)
