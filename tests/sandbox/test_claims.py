"""Workers that lie to put a hidden case's numbers before a student: nothing of it is shown."""

from __future__ import annotations

import dataclasses

import pytest
from support.blows import CHANNEL
from support.course import Grade, short_plan, square
from support.gradescope import results_of, seen_at_once
from support.sources import CALL, DEFINES_RIGHT, RIGHT

from grader.common.verdict import Verdict
from grader.course.draw import tiny_cases
from grader.grading.plan import examples_of
from grader.judging.judgement import Kind
from grader.oracle.reference import Reference
from grader.writers.public_text import SOME_FACTOR

SECRET = "f'SECRET {x.sum()}'"
FOREVER = "\n    time.sleep(60)"


@pytest.mark.parametrize(
    "frame",
    [
        f"frames.pack_uses([frames.Use({SECRET})])",
        f"frames.pack_uses([frames.Use('numpy.convolve', {SECRET})])",
        f"frames.pack_uses([frames.Use('numpy.convolve', 'line 1', {SECRET}, 0, 1)])",
        f"frames.pack_uses([frames.Use('numpy.convolve', 'line 1', {SECRET})])",
        f"frames.pack_raised(frames.Raised('syntax', '', {SECRET}))",
        f"frames.pack_raised(frames.Raised('missing', '', {SECRET}))",
        f"frames.pack_raised(frames.Raised('signature', '', {SECRET}))",
        f"frames.pack_raised(frames.Raised('large', '', {SECRET}))",
        f"frames.pack_text(frames.FrameKind.LOADED, {SECRET})",
    ],
)
def test_a_forged_frame_is_garbage(frame: str, grade: Grade) -> None:
    report = grade(f"{CHANNEL}{CALL}say({frame}){FOREVER}")
    assert report.kind is Kind.GARBAGE
    assert "SECRET" not in repr(dataclasses.replace(report, code=""))


def test_a_forged_violation_names_what_it_may(grade: Grade) -> None:
    use = f"frames.Use('numpy.convolve', {SECRET}, 'import os', 0, 2)"
    report = grade(f"{CHANNEL}{CALL}say(frames.pack_uses([{use}])){FOREVER}")
    assert report.verdict is Verdict.RULE_VIOLATION
    assert report.message.startswith("It uses `numpy.convolve` at line 2: `import os, struct, ")
    assert "SECRET" not in repr(dataclasses.replace(report, code=""))


def test_the_message_of_a_case_is_never_shown_as_one_of_loading(grade: Grade) -> None:
    raised = f"frames.Raised('import', 'ImportError', {SECRET})"
    report = grade(f"{CHANNEL}{CALL}say(frames.pack_raised({raised})){FOREVER}")
    assert "SECRET" in report.message
    assert "SECRET" not in seen_at_once(results_of(report))


def test_a_remark_after_a_case_came_is_none(grade: Grade) -> None:
    """The worker's own list of remarks is at hand for a submission."""
    remark = "    p = patch_size; get_ipython()._runner.remarks.insert(0, f'SECRET {x.sum()}')"
    report = grade(f"1 / 0\n{RIGHT.replace('    p = patch_size', remark)}")
    assert report.verdict is Verdict.ACCEPTED
    (note,) = report.notes
    assert "ZeroDivisionError" in note


KEEPS = """
import numpy as np
kept = []

def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    if not kept:
        kept.append(float(np.asarray(x).ravel()[0]))
    return np.full((x.shape[0], *pos_embed.shape[-2:]), kept[0])
"""


def test_an_example_shows_nothing_that_was_kept_from_a_hidden_case(grade: Grade) -> None:
    """Students see it at once, so a worker is asked that has had no hidden case."""
    entry, plan = square().entry, short_plan("patch_embed_cls", "square", "tall")
    tiny = tiny_cases(entry)
    examples = examples_of(entry, Reference())
    report = grade(KEEPS, plan=dataclasses.replace(plan, examples=examples))
    image = plan.cases[0].arguments[0]
    hidden, public = (f"{float(a.ravel()[0]):.4g}" for a in (image, tiny[0].arguments[0]))  # type: ignore[union-attr]
    (yours,) = (line for line in report.diagnosis.example if line.startswith("yours:"))
    assert hidden[:4] not in yours
    assert f"[{public}." in yours


def test_a_factor_that_tells_of_a_hidden_case_waits(grade: Grade) -> None:
    """It is right but for a factor that is made of the first image."""
    scaled = (
        f"{DEFINES_RIGHT}\n{CALL}kept = globals().setdefault('kept', 2 + float(x.ravel()[0]))\n"
        "    return kept * right(x, w_proj, cls_token, pos_embed, patch_size)"
    )
    plan = short_plan("patch_embed_cls", "square", "tall")
    report = grade(scaled, plan=plan)
    factor = str(2 + float(plan.cases[0].arguments[0].ravel()[0]))[:5]  # type: ignore[union-attr]
    assert factor in report.diagnosis.findings[0].sentence
    seen = seen_at_once(results_of(report))
    assert SOME_FACTOR in seen
    assert factor not in seen
