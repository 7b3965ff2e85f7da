"""Each verdict arises from the real thing: real workers, real sandboxes, sentences that help."""

from __future__ import annotations

import dataclasses
import json

import pytest
from support.course import Grade, limited, short_plan, square
from support.sources import CALL, DEFINES_RIGHT, RIGHT
from support.verdicts import one

from grader.common.text import BEFORE_NOT_SHOWN, READABLE
from grader.common.verdict import Verdict
from grader.course.draw import tiny_cases
from grader.course.problem import MIB
from grader.diagnosis.further_look import Examples
from grader.grading.plan import examples_of
from grader.oracle.reference import Reference
from grader.sandbox import Sandbox

PARAMETERS = "x, w_proj, cls_token, pos_embed, patch_size"


# --- accepted, in many forms ---------------------------------------------------------------------


def test_xla_reduces_large_arrays_in_both_sandboxes(sandbox: Sandbox, grade: Grade) -> None:
    # It looks up the processor for that, and fails where it may not.
    reduce = "import jax.numpy as jnp\nprint(float(jnp.ones((224, 224, 3)).mean()), end=' ')\n"
    report = grade(reduce + RIGHT, sandbox=sandbox)
    one(report, Verdict.ACCEPTED)
    assert report.output == "1.0 "


def test_a_right_answer_is_accepted_in_both_sandboxes(sandbox: Sandbox, grade: Grade) -> None:
    report = grade(RIGHT, sandbox=sandbox)
    one(report, Verdict.ACCEPTED)
    assert report.sandbox == sandbox.name
    assert not report.all_notes
    assert report.cases[0].largest_error <= report.cases[0].allowed_error


@pytest.mark.parametrize(
    "how",
    [
        "lambda {p}: right({p}).tolist()",
        "lambda *arguments: right(*arguments)",
        "lambda *, x, w_proj, cls_token, pos_embed, patch_size: right({p})",
        "__import__('functools').partial(right)",
        "lambda {p}: right({p}).astype('float64')",
        "lambda {p}: __import__('jax').numpy.asarray(right({p}))",
        "type('T', (), {{'__call__': lambda self, {p}: right({p})}})()",
        "lambda {p}: type('A', (), {{'__array__': lambda s, *a, **k: right({p})}})()",
    ],
)
def test_any_callable_and_any_array_will_do(how: str, grade: Grade) -> None:
    source = RIGHT.replace("def patch_embed_cls", "def right")
    one(grade(f"{source}\npatch_embed_cls = {how.format(p=PARAMETERS)}\n"), Verdict.ACCEPTED)


def test_another_shape_is_accepted_with_a_note(grade: Grade) -> None:
    report = grade(
        RIGHT.replace("+ pos_embed", "+ pos_embed).ravel()").replace("return ", "return (")
    )
    one(report, Verdict.ACCEPTED)
    assert "The statement's shape is (1," in report.case_note


def test_another_shape_is_refused_where_the_problem_says_so(grade: Grade) -> None:
    problem = dataclasses.replace(square().entry.problem, shape="required")
    plan = dataclasses.replace(square(), entry=dataclasses.replace(square().entry, problem=problem))
    flat = RIGHT.replace("+ pos_embed", "+ pos_embed).ravel()").replace("return ", "return (")
    assert "The numbers are right, but in shape" in one(
        grade(flat, plan=plan), Verdict.WRONG_ANSWER
    )
    one(grade(RIGHT, plan=plan), Verdict.ACCEPTED)


def test_arguments_are_the_student_s_own(grade: Grade) -> None:
    spoil = RIGHT.replace(
        "    return np", "    for a in (w_proj, cls_token): a[...] = 0\n    return np"
    )
    spoil = spoil.replace("@ np.asarray(w_proj)", "@ w_proj.copy()")
    spoil = spoil.replace("(cls_token,", "(cls_token.copy(),")
    two = dataclasses.replace(
        square(), cases=square().cases * 2, expected=list(square().expected) * 2
    )
    one(grade(spoil, plan=two), Verdict.ACCEPTED)


# --- wrong answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return pos_embed * 0", "numbers are wrong on a square image (x (1, 3,"),
        ("return 0.0 * pos_embed / 0.0", "are NaN or infinite"),
        ("return x", "numbers (shape (1, 3,"),
        ("return 1.0", "It returned 1 number (shape ())"),
        ("return []", "It returned 0 numbers (shape (0,))"),
        ("return True", "It returned 1 number (shape ())"),
    ],
)
def test_wrong_numbers_are_a_wrong_answer(body: str, message: str, grade: Grade) -> None:
    assert message in one(grade(CALL + body), Verdict.WRONG_ANSWER)


def test_half_precision_is_named(grade: Grade) -> None:
    half = RIGHT.replace("+ pos_embed", "+ pos_embed).astype('float16')")
    half = half.replace("return ", "return (")
    message = one(grade(half), Verdict.WRONG_ANSWER)
    assert "The result is float16" in message


def test_a_small_difference_is_called_small(grade: Grade) -> None:
    report = grade(RIGHT.replace("+ pos_embed", "+ pos_embed * 0.9999"))
    assert "too large for float32 rounding alone" in one(report, Verdict.WRONG_ANSWER)


def test_partial_credit_goes_by_group(grade: Grade) -> None:
    plan = short_plan("patch_embed_cls", "square", "tall", "single_patch")
    only_square = RIGHT.replace(
        "    n, c, h, w = x.shape\n",
        "    n, c, h, w = x.shape\n    if h != w: return np.zeros((n, *pos_embed.shape))\n",
    )
    report = grade(only_square, plan=plan)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert [case.accepted for case in report.cases] == [True, False, True]
    groups = plan.entry.problem.groups
    assert report.score == groups["square"].points + groups["single_patch"].points


# --- run-time errors -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("def patch_embed_cls(x:\n    pass", ["Python cannot read it at line 1", "never closed"]),
        ("x = 1\n  y = 2", ["line 2", "unexpected indent"]),
        (b"\x00\x01\x02", ["null bytes"]),
        (b"def f(): return '\xff'", ["Python cannot read it", "not UTF-8"]),
        ("", ["no function called `patch_embed_cls`", "patch_embed_cls(x, w_proj"]),
        ("def patch_embed(x): return x", ["there is `patch_embed`"]),
        ("def helper(x): return x", ["found: `helper`"]),
        ("patch_embed_cls = 3", ["`patch_embed_cls`, but as an int and not as a function"]),
        ("def patch_embed_cls(x, w_proj): return x", ["takes (x, w_proj)", "5 parameters"]),
        ("import torchvision_is_not_there", ["line 1", "No module named"]),
        ("1 / 0", ["no function called", "(line 1 was skipped: ZeroDivisionError: division by"]),
        (CALL + "return None", ["returned None (is a `return` missing?)"]),
        (CALL + "return 'text'", ["returned a str"]),
        (CALL + "return {'a': 1}", ["returned a dict"]),
        (CALL + "return [[1], [2, 3]]", ["numpy.asarray cannot turn into an array"]),
        (CALL + "return x.astype(complex)", ["an array of dtype complex128"]),
        (CALL + "raise NotImplementedError('…')", ["Not started"]),
        (CALL + "return x.reshape(7, 7)", ["cannot reshape", "line 2", "x (1, 3,"]),
        (CALL + "raise SystemExit(0)", ["SystemExit"]),
        (CALL + "raise KeyboardInterrupt", ["KeyboardInterrupt"]),
        (CALL + "import os; os._exit(0)", ["ended its own process (exit status 0)"]),
        (CALL + "import os; os._exit(7)", ["exit status 7"]),
        (CALL + "import os; os.abort()", ["signal SIGABRT"]),
        (CALL + "import ctypes; ctypes.string_at(0)", ["signal SIGSEGV"]),
        (CALL + "return patch_embed_cls(x, w_proj, cls_token, pos_embed, 1)", ["RecursionError"]),
        (CALL + "input()", ["EOFError"]),
        (CALL + "open('notes.txt', 'w')", ["OSError", "line 2", "can't read or write files"]),
        (CALL + "from .mine import x", ["An import fails", "hand in your own modules"]),
        (CALL + "raise ValueError('once I had a MemoryError')", ["ValueError: once I had"]),
        ("print('MemoryError')\nimport os; os._exit(3)", ["exit status 3"]),
        (CALL + "import os; os._exit(200)", ["exit status 200"]),
        ('{"cells": [], "nbformat": 4}', ["no function called"]),
    ],
)
def test_run_time_errors_name_their_cause(
    source: str | bytes, parts: list[str], grade: Grade
) -> None:
    message = one(grade(source), Verdict.RUN_TIME_ERROR)
    for part in parts:
        assert part in message


def test_a_hostile_exception_does_no_harm(grade: Grade) -> None:
    source = (
        "class E(BaseException):\n    def __str__(self): raise E\n"
        + CALL
        + "raise E('\\x1b[2J' * 10_000)"
    )
    assert one(grade(source), Verdict.RUN_TIME_ERROR).startswith("It raises E at line 4")
    message = one(
        grade(CALL + "raise ValueError('\\x1b[2J\\u202e' * 10_000)"), Verdict.RUN_TIME_ERROR
    )
    assert message.isprintable()
    assert len(message) < 600


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        CALL + "while True: pass",
        CALL + "import time; time.sleep(1000)",
        CALL + "import signal, os; os.kill(os.getpid(), signal.SIGSTOP)",
        "while True: pass",
        CALL
        + "return type('A', (), {'__array__': lambda s, *a, **k: __import__('time').sleep(99)})()",
    ],
)
def test_what_never_ends_is_ended(sandbox: Sandbox, source: str, grade: Grade) -> None:
    plan = limited(square(), case_seconds=1, import_seconds=1)
    message = one(grade(source, plan=plan, sandbox=sandbox), Verdict.TIME_LIMIT_EXCEEDED)
    assert message.startswith("It was still running after 1 s")


@pytest.mark.sweep
def test_the_time_in_all_is_limited_too(grade: Grade) -> None:
    two = dataclasses.replace(
        square(), cases=square().cases * 9, expected=list(square().expected) * 9
    )
    slow = RIGHT.replace("    p = patch_size", "    p = patch_size; __import__('time').sleep(1)")
    report = grade(slow, plan=limited(two, total_seconds=5))
    assert "after 5 s" in report.message
    assert report.verdict is Verdict.TIME_LIMIT_EXCEEDED
    assert report.cases[0].accepted
    assert report.cases[-1].verdict is None


@pytest.mark.parametrize(
    "body",
    [
        "import numpy; return numpy.ones(2**40)",
        "import jax; return jax.numpy.ones(2**36)",
        "return [bytearray(2**28) for _ in range(100)]",
        "a = [0]\n    while True: a += a",
    ],
)
def test_memory_is_limited(sandbox: Sandbox, body: str, grade: Grade) -> None:
    message = one(grade(CALL + body, sandbox=sandbox), Verdict.MEMORY_LIMIT_EXCEEDED)
    assert "the limit is 4 GiB" in message


def test_a_flood_of_prints_is_ended_and_cut(sandbox: Sandbox, grade: Grade) -> None:
    report = grade(CALL + "while True: print('spam ' * 1000)", sandbox=sandbox)
    message = one(report, Verdict.OUTPUT_LIMIT_EXCEEDED)
    assert "more than 1024 KiB" in message
    assert report.output.startswith(BEFORE_NOT_SHOWN)
    assert len(json.dumps(report.output)) <= READABLE + 2


def test_prints_are_kept_and_cost_nothing(grade: Grade) -> None:
    report = grade(RIGHT.replace("    p = ", "    print('shape', x.shape)\n    p = "))
    one(report, Verdict.ACCEPTED)
    assert report.output.startswith("shape (1, 3,")
    chatty = RIGHT.replace("    p = ", "    print('é' * 100_000)\n    p = ")
    report = grade(chatty)
    one(report, Verdict.ACCEPTED)
    assert len(json.dumps(report.output)) <= READABLE + 2
    assert report.output.endswith("é\n")


def test_a_further_look_costs_no_points(grade: Grade) -> None:
    """On its cases a wrong answer prints less than the limit, and with the look more."""
    entry = square().entry
    looked = examples_of(entry, Reference())
    plan = dataclasses.replace(square(), examples=looked)
    chatty = RIGHT.replace("    p = ", "    print('x' * 100_000)\n    p = ") + "\n_right = "
    chatty += "patch_embed_cls\n\ndef patch_embed_cls(x, *a):\n"
    chatty += "    return _right(np.roll(x, 1, 3), *a)\n"
    report = grade(chatty, plan=plan)
    assert report.verdict is Verdict.WRONG_ANSWER
    assert report.diagnosis.example
    assert report.diagnosis.reading is not None


def test_threads_are_limited(sandbox: Sandbox, grade: Grade) -> None:
    source = CALL + (
        "import threading\n"
        "    wait = threading.Event()\n"
        "    for _ in range(100_000): threading.Thread(target=wait.wait, daemon=True).start()"
    )
    report = grade(source, sandbox=sandbox, plan=limited(square(), memory_bytes=64 * 1024 * MIB))
    assert "can't start new thread" in one(report, Verdict.RUN_TIME_ERROR)


# --- the channel ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        'b\'{"verdict": "accepted"}\' * 20',
        "frames.pack(frames.FrameKind.READY)",
        "frames.pack(frames.FrameKind.LOADED)",
        "frames.pack(frames.FrameKind.CASE)",
        "frames.HEADER.pack(frames.MAGIC, frames.FrameKind.ANSWER, 2**60)",
        "frames.pack_array_header(frames.ArrayHeader('<f4', (2**50,), ''))",
        "frames.pack_text(frames.FrameKind.RAISED, 'only', 'two')",
        "frames.pack_text(frames.FrameKind.VIOLATION, 'only', 'two')",
        "frames.pack_uses([frames.Use('')])",
    ],
)
def test_forged_frames_are_the_submission_s_error(data: str, grade: Grade) -> None:
    source = CALL + (
        "import os, time; from grader.worker import frames\n"
        "    for number in range(3, 30):\n"
        "        try: os.write(number, " + data + ")\n"
        "        except OSError: pass\n"
        "    return pos_embed[None] * 0"
    )
    report = grade(source)
    assert report.verdict in (Verdict.RUN_TIME_ERROR, Verdict.WRONG_ANSWER)
    assert report.score == 0


@pytest.mark.parametrize(
    "bomb", ["(" * 100_000, "-" * 200_000 + "1", "x = " + "1+" * 100_000 + "1"]
)
def test_a_parser_bomb_goes_off_in_the_worker(bomb: str, grade: Grade) -> None:
    one(grade(bomb), Verdict.RUN_TIME_ERROR)


# --- what no longer decides ----------------------------------------------------------------------

COUNTS = "calls = 0\n\ndef patch_embed_cls(*a):\n    global calls\n    calls += 1\n    "


def test_a_lost_group_that_is_slow_is_not_run_to_its_end(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls are counted: those of other groups are made, and win their points."""
    plan = short_plan("patch_embed_cls", "square", "tall")
    plan = dataclasses.replace(plan, cases=plan.cases * 3, expected=[*plan.expected] * 3)
    source = f"{DEFINES_RIGHT}\n{COUNTS}return 1 if a[0].shape[2] == a[0].shape[3] else right(*a)\n"
    quick = grade(source, plan=plan)
    monkeypatch.setattr("grader.grading.grade_one.SLOW_SECONDS", 0)
    slow = grade(source, plan=plan)
    wrong, right = Verdict.WRONG_ANSWER, Verdict.ACCEPTED
    assert [case.verdict for case in quick.cases] == [wrong, right] * 3
    assert [case.verdict for case in slow.cases] == [wrong, right, None, right, None, right]
    assert (slow.verdict, slow.groups, slow.message) == (quick.verdict, quick.groups, quick.message)


@pytest.mark.parametrize("then", ["print('x' * 2**26)", "__import__('time').sleep(600)"])
def test_what_happens_in_a_further_look_ends_it_and_no_more(
    then: str, grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.grade_one.LOOK_SECONDS", 0.5)
    tiny = tiny_cases(square().entry)
    looked = Examples(tiny, Reference().expected(square().entry, tiny), {}, {})
    plan = short_plan("patch_embed_cls", "square", "tall")
    source = (
        f"{DEFINES_RIGHT}\ndef patch_embed_cls(*a):\n    if a[0].size == 1: {then}\n"
        "    return 1 if a[0].shape[2] == a[0].shape[3] else right(*a)\n"
    )
    report = grade(source, plan=dataclasses.replace(plan, examples=looked))
    assert report.verdict is Verdict.WRONG_ANSWER
    assert [case.accepted for case in report.cases] == [False, True]
    assert sum(group.points for group in report.groups) > 0
    assert not report.diagnosis.example
