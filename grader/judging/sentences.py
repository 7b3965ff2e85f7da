"""Outcomes and differences become one plain sentence each: what happened, and what to do next."""

from __future__ import annotations

import math
import signal

import numpy as np

from ..common.text import quote
from ..common.verdict import Verdict
from ..course.problem import Case, Problem
from ..worker.frames import Raised, Use
from .compare import Difference
from .outcome import Answer, Death, Failure, Flood, Garbage, TimeOut, Violation

OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "bad_alloc", "Cannot allocate memory")
REFUSED = ("OSError", "PermissionError", "FileNotFoundError", "gaierror", "URLError")


def explain_failure(problem: Problem, case: Case | None, outcome: Failure) -> tuple[Verdict, str]:
    """Verdict and sentence for an outcome that is no array.

    `case` is None while the submission is being loaded.
    """
    during = "while it was being imported" if case is None else f"on {describe_case(problem, case)}"
    match outcome:
        case Raised(_, kind, text):
            if "MemoryError" in kind or any(word in text for word in OUT_OF_MEMORY):
                return Verdict.MEMORY_LIMIT_EXCEEDED, _memory(problem, during)
            return Verdict.RUN_TIME_ERROR, _exception(problem, case, outcome)
        case Violation(used):
            uses = ", ".join(f"`{quote(use.name)}`{_at(use)}" for use in used[:3])
            return Verdict.RULE_VIOLATION, f"It uses {uses}. {problem.rules.sentence}"
        case TimeOut(seconds):
            return (
                Verdict.TIME_LIMIT_EXCEEDED,
                f"It was still running after {seconds:g} s {during}: look for a loop that "
                "does not end, or work on whole arrays instead of one number at a time.",
            )
        case Flood(limit):
            return (
                Verdict.OUTPUT_LIMIT_EXCEEDED,
                f"It printed more than {limit // 1024} KiB: remove prints inside loops.",
            )
        case Death(number, status, words):
            # XLA ends the process; Python leaves with status 1.
            told = any(word in words for word in ("MemoryError", *OUT_OF_MEMORY))
            if told and (number or status == 1):
                return Verdict.MEMORY_LIMIT_EXCEEDED, _memory(problem, during)
            return Verdict.RUN_TIME_ERROR, _death(number, status, during)
        case Garbage(reason):
            return (
                Verdict.RUN_TIME_ERROR,
                f"It wrote to the channel that carries its answers ({quote(reason)}) {during}: "
                "return the result, and use print for everything else.",
            )


def wrong_size(problem: Problem, case: Case, answer: Answer, shape: tuple[int, ...]) -> str:
    """The sentence for an answer with the wrong number of elements."""
    numbers = "number" if answer.elements == 1 else "numbers"
    return (
        f"It returned {answer.elements:,} {numbers} (shape {_tuple(answer.shape)}) where "
        f"{math.prod(shape):,} are expected (shape {_tuple(shape)}: {problem.output}), on "
        f"{describe_case(problem, case)}. Check the number of tokens and the features of each."
    )


def wrong_shape(problem: Problem, case: Case, answer: Answer, shape: tuple[int, ...]) -> str:
    """The sentence for right numbers in a shape that the problem refuses."""
    return (
        f"The numbers are right, but in shape {_tuple(answer.shape)}; this problem asks for "
        f"{_tuple(shape)} ({problem.output}), on {describe_case(problem, case)}."
    )


def shape_note(answer: Answer, shape: tuple[int, ...]) -> str:
    """The note for right numbers in another shape than the statement's."""
    return (
        f"The numbers are right and in the right order; the statement's shape is {_tuple(shape)}, "
        f"yours is {_tuple(answer.shape)}."
    )


def wrong_values(
    problem: Problem, case: Case, answer: Answer, diff: Difference, elements: int
) -> str:
    """The sentence for an answer of the right size with wrong numbers in it."""
    where = describe_case(problem, case)
    if diff.not_finite:
        return (
            f"{diff.not_finite:,} of {elements:,} numbers are NaN or infinite on {where}: look for "
            "a division by zero, an overflow, or an array that was never filled."
        )
    sentence = (
        f"{diff.wrong:,} of {elements:,} numbers are wrong on {where}: at index "
        f"{_tuple(diff.index)} it gave {diff.got:.6g}, expected {diff.expected:.6g}."
    )
    if answer.source_dtype in ("bfloat16", "float16"):
        return f"{sentence} The result is {answer.source_dtype}: keep float32 all the way."
    if diff.error < 1000 * diff.bound:
        return (
            f"{sentence} The difference is small but larger than float32 rounding explains: look "
            "for half precision, rounding or an approximation on the way."
        )
    return sentence


def describe_case(problem: Problem, case: Case) -> str:
    """A case in a few words: its group's purpose, the shape of the first array, the numbers."""
    named = list(zip(problem.parameters, case.arguments, strict=True))
    arrays = [f"{name} {_tuple(v.shape)}" for name, v in named if isinstance(v, np.ndarray)]
    numbers = [f"{name}={v}" for name, v in named if not isinstance(v, np.ndarray)]
    shown = ", ".join([*arrays[:1], *numbers])
    purpose = problem.groups[case.group].purpose
    return f"{purpose} ({shown})" if shown else purpose


def _exception(problem: Problem, case: Case | None, raised: Raised) -> str:
    # JAX goes on for a page after the line that matters.
    message = quote(next(iter(raised.message.strip().splitlines()), ""), limit=300)
    at, kind = _at(raised), quote(raised.type)
    match raised.stage:
        case "syntax":
            return f"Python cannot read it{at} ({message}). Run the file once yourself."
        case "missing":
            return f"It has {message}; the grader calls {problem.signature}."
        case "signature":
            return (
                f"`{problem.entry_point}` takes {message}, but the grader calls "
                f"{problem.signature}: give it these {len(problem.parameters)} parameters."
            )
        case "result":
            if raised.type:
                return (
                    f"It returned {quote(raised.where)}, which numpy.asarray cannot turn into an "
                    f"array ({kind}: {message}); return {problem.output}."
                )
            hint = " (is a `return` missing?)" if message == "a NoneType" else ""
            if "dtype object" in message:
                hint = " (`.astype(float)` makes numbers of it)"
            returned = "None" if message == "a NoneType" else message
            return f"It returned {returned}{hint}; return {problem.output}."
    if raised.line.startswith("raise NotImplementedError"):
        return f"Not started: `{problem.entry_point}` still raises NotImplementedError."
    if raised.type in ("ModuleNotFoundError", "ImportError"):
        return (
            f"An import fails{at} ({message}): use what the exercise installs, which is "
            "JAX, Flax, NumPy and SciPy, and keep all your own code in this one file."
        )
    told = f"{kind}: {message}" if message else kind
    when = "when it is imported" if case is None else f"on {describe_case(problem, case)}"
    advice = ""
    if raised.type in REFUSED:
        advice = (
            " While it is graded, a submission can't read or write files, use the network or "
            "start programs: compute from the arguments alone."
        )
    return f"It raises {told}{at}, {when}.{advice}"


def _at(found: Raised | Use) -> str:
    where = f" at {quote(found.where)}" if found.where else ""
    line = f": `{quote(found.line, limit=120)}`" if found.line else ""
    return where + line


def _memory(problem: Problem, during: str) -> str:
    limit = problem.limits.memory_bytes / 2**30
    return (
        f"It ran out of memory (the limit is {limit:g} GiB) {during}: look for an array that is "
        "larger than the inputs and the output together."
    )


def _death(number: int, status: int, during: str) -> str:
    if number == signal.SIGKILL:
        return (
            f"Its process was killed from outside {during} (signal SIGKILL), mostly because the "
            "machine had no memory left: look for arrays that are larger than they need to be."
        )
    if number:
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"number {number}"
        return f"Its process died of signal {name} {during}: run it on such an input yourself."
    return (
        f"It ended its own process (exit status {status}) {during}: remove calls of `exit`, "
        "`quit` and `os._exit`."
    )


def _tuple(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))
