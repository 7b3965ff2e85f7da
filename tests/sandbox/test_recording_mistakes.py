"""Known mistakes: each is recorded once, in a worker, and named by the answers that it gives."""

from __future__ import annotations

import dataclasses
import itertools
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.course import PROBLEMS, ROOT

from grader.common.processors import usable_processors
from grader.common.verdict import Verdict
from grader.course.catalogue import Entry, load_course
from grader.course.draw import draw_cases
from grader.diagnosis.known_mistakes import (
    NO_ANSWER,
    KnownMistakes,
    no_fingerprints,
    same_answers,
)
from grader.grading.grade_one import grade_submission
from grader.grading.plan import Plan, make_plan
from grader.oracle.answer_cache import CachedAnswers
from grader.oracle.practice import SEED, recorded_once
from grader.oracle.program_cache import cache_folder
from grader.oracle.record_mistakes import RECORDINGS, record_mistakes, sentence
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox
from grader.submissions import Submission


@pytest.fixture
def bank_of_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entry:
    """A problem with a bank of two mistakes, of which nothing is recorded."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "problems", tmp_path / "problems")
    bank = tmp_path / "solutions" / "patch_embed_cls" / "wrong_answer"
    bank.mkdir(parents=True)
    whole = ROOT / "solutions" / "patch_embed_cls"
    shutil.copyfile(whole / "reference.py", bank.parent / "reference.py")
    for name in ("divided_by_255.py", "cls_token_appended_last.py"):
        shutil.copyfile(whole / "wrong_answer" / name, bank / name)
    return load_course(tmp_path).get("patch_embed_cls")


def record(entry: Entry, told: list[str]) -> KnownMistakes:
    cases = draw_cases(entry, SEED)[:3]
    return record_mistakes(entry, cases, Reference().expected(entry, cases), 2, told.append)


@pytest.mark.sweep
def test_each_file_is_recorded_once_and_what_cannot_be_read_is_skipped(bank_of_two: Entry) -> None:
    told: list[str] = []
    first = record(bank_of_two, told)
    assert told == ["Recording the known mistakes of patch_embed_cls, once: 0 of 2."]
    assert (first.fingerprints["elements"] != NO_ANSWER).all()
    assert all(f.id.startswith("known-") and len(f.id) == 14 for f in first.findings)
    bank = bank_of_two.solutions / "wrong_answer"
    (bank / ".#x.py").symlink_to("nobody@nowhere.1")  # an editor's lock
    (bank / "half_written.py").write_text('"""Not')
    np.testing.assert_array_equal(record(bank_of_two, told).fingerprints, first.fingerprints)
    assert len(told) == 1
    changed = bank / "divided_by_255.py"
    changed.write_text(changed.read_text().replace("255", "127"))
    again = record(bank_of_two, told)
    assert told[1:] == ["Recording the known mistakes of patch_embed_cls, once: 0 of 1."]
    asked = first.fingerprints["elements"] >= 0
    same = same_answers(again.fingerprints, first.fingerprints)
    assert [row[n].all() for row, n in zip(same, asked, strict=True)] == [True, False]
    assert len([*(cache_folder() / RECORDINGS.name).iterdir()]) == 3


def test_a_mistake_that_fails_has_no_fingerprint_and_disturbs_no_other(bank_of_two: Entry) -> None:
    """Each has a worker's limits to itself: memory, a death, and JAX's settings."""
    bank = bank_of_two.solutions / "wrong_answer"
    head = (
        '"""A mistake."""\nimport os, numpy as np\ndef patch_embed_cls(x, w, c, p, patch_size):\n'
    )
    (bank / "a_dies.py").write_text(f"{head}    os._exit(1)\n")
    (bank / "b_takes_all_memory.py").write_text(f"{head}    return np.ones(10**10)\n")
    (bank / "c_is_never_loaded.py").write_text('"""A mistake."""\nraise SystemExit\n')
    mistakes = record(bank_of_two, [])
    without = (mistakes.fingerprints["elements"] == NO_ANSWER).all(axis=1)
    assert without.tolist() == [True, True, True, False, False]


def test_what_other_processes_may_have_disturbed_is_recorded_again_next_time(
    bank_of_two: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine without memory left the kernel ends whoever runs."""
    ended = itertools.count()
    monkeypatch.setattr("grader.sandbox.session.ended_for_memory", lambda: next(ended))
    killed = bank_of_two.solutions / "wrong_answer" / "killed.py"
    killed.write_text(
        '"""A mistake."""\nimport os\ndef patch_embed_cls(x, w, c, p, patch_size):\n'
        "    os.kill(os.getpid(), 9)\n"
    )
    told: list[str] = []
    assert (record(bank_of_two, told).fingerprints["elements"][2] == NO_ANSWER).all()
    record(bank_of_two, told)
    assert [line.rpartition(":")[2] for line in told] == [" 0 of 3.", " 0 of 1."]


@pytest.mark.sweep
def test_naming_a_mistake_ends_soon(
    any_sandbox: Sandbox, bank_of_two: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A verdict does not need a name, so a submission can't make a class wait for one."""
    monkeypatch.setattr("grader.grading.grade_one.NAMING_SECONDS", 0.5)
    path = bank_of_two.folder / "patch_embed_cls.py"
    mistake = bank_of_two.solutions / "wrong_answer" / "divided_by_255.py"
    path.write_text(mistake.read_text() + "\nimport time\ntime.sleep(2)\n")
    oracle = Reference()
    known = recorded_once(bank_of_two, oracle, 2, print)
    plan = make_plan(bank_of_two, 41, oracle, known)
    plan = dataclasses.replace(plan, cases=plan.cases[:2], expected=plan.expected[:2])
    report = grade_submission(plan, Submission("sam", path, bank_of_two.id), any_sandbox)
    assert report.verdict is Verdict.WRONG_ANSWER, report.message
    assert not any(finding.id.startswith("known-") for finding in report.diagnosis.what)
    monkeypatch.setattr("grader.grading.grade_one.NAMING_SECONDS", 60)
    report = grade_submission(plan, Submission("sam", path, bank_of_two.id), any_sandbox)
    assert report.diagnosis.what[0].id.startswith("known-")


def test_if_nothing_can_be_recorded_that_is_said_once_and_nothing_is_known(
    bank_of_two: Entry,
) -> None:
    class Broken:
        def expected(self, *_: object) -> list[NDArray[np.float64]]:
            raise ValueError("the reference is being edited")

    told: list[str] = []
    ask = recorded_once(bank_of_two, Broken(), 1, told.append)
    for _ in range(2):
        mistakes = ask()
        assert mistakes.name(no_fingerprints(len(mistakes.cases))) is None
    (said,) = told
    assert "patch_embed_cls are not named in this run: the reference is being edited" in said


@cache
def plan(problem_id: str, seed: int) -> Plan:
    """As in a class run, with all known mistakes."""
    entry, oracle = load_course(ROOT).get(problem_id), CachedAnswers(Reference())
    return make_plan(entry, seed, oracle, recorded_once(entry, oracle, usable_processors(), print))


PARTS = 8  # of a bank, so that none takes minutes
IN_PROOF = [pytest.param(part, marks=pytest.mark.proof) for part in range(1, PARTS, 2)]


@pytest.mark.sweep
@pytest.mark.parametrize("part", [*range(0, PARTS, 2), *IN_PROOF])
@pytest.mark.parametrize("seed", [41, pytest.param(SEED, marks=pytest.mark.proof)])
@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_every_known_mistake_is_named(
    problem_id: str, seed: int, part: int, any_sandbox: Sandbox
) -> None:
    """As in `check`, on practice cases, and as in a class run, on others; most of them alone."""
    paths = sorted((ROOT / "solutions" / problem_id / "wrong_answer").glob("*.py"))[part::PARTS]
    named = {}
    for path in paths:
        submission = Submission("sam", path, problem_id)
        report = grade_submission(plan(problem_id, seed), submission, any_sandbox)
        assert report.verdict is Verdict.WRONG_ANSWER, (path, report.message)
        named[path.stem] = [finding.sentence for finding in report.diagnosis.what]
    wanted = {path.stem: sentence(path.read_bytes()) for path in paths}
    assert {
        stem: found for stem, found in named.items() if wanted[stem] not in " ".join(found)
    } == {}
    assert sum(found[0] == wanted[stem] for stem, found in named.items()) >= 0.75 * len(paths)
