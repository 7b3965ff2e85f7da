"""Writes the judgement of each outcome: a kind, what happened, and what to do next."""

from __future__ import annotations

import math
import signal

import numpy as np

from ..common.text import quote
from ..course.problem import Case, Problem
from ..worker.frames import Raised, Use
from .compare import Difference
from .judgement import Judgement, Kind
from .outcome import Answer, Death, Failure, Flood, Garbage, TimeOut, Violation

OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "bad_alloc", "Cannot allocate memory")
REFUSED = ("OSError", "PermissionError", "FileNotFoundError", "gaierror", "URLError")
REFUSED_ADVICE = (
    " While it is graded, a submission can't read or write files, use the network or start "
    "programs. Compute from the arguments only."
)


def judge_failure(problem: Problem, case: Case | None, outcome: Failure) -> Judgement:
    """The judgement of an outcome that is not an array. case: None while the file is imported."""
    # A call may fail for something that failed before, while the file was imported.
    if isinstance(outcome, Raised) and outcome.stage == "import":
        case = None
    during = "while it was imported" if case is None else f"on {describe_case(problem, case)}"
    match outcome:
        case Raised(_, name, text) if "MemoryError" in name or _says(text, OUT_OF_MEMORY):
            return _memory(problem, during)
        case Raised():
            return _exception(problem, case, outcome)
        case Violation(used):
            uses = ", ".join(f"`{quote(use.name)}`{_at(use)}" for use in used[:3])
            return Judgement(Kind.RULE_BROKEN, f"It uses {uses}. {problem.rules.sentence}")
        case TimeOut(seconds):
            return Judgement(
                Kind.TIME_LIMIT,
                f"It was still running after {seconds:g} s {during}. Look for a loop that does not "
                "end, or compute with whole arrays instead of one number at a time.",
            )
        case Flood(limit):
            sentence = f"It printed more than {limit // 1024} KiB. Remove prints inside loops."
            return Judgement(Kind.OUTPUT_LIMIT, sentence)
        # Out of memory, XLA dies of a signal and Python exits with status 1.
        case Death(number, status, words) if (number or status == 1) and _says(
            words, ("MemoryError", *OUT_OF_MEMORY)
        ):
            return _memory(problem, during)
        case Death(signal.SIGKILL):
            return Judgement(
                Kind.KILLED,
                f"Its process was killed from outside (signal SIGKILL) {during}. Mostly this means "
                "that the machine had no memory left. Look for arrays that are larger than "
                "necessary.",
            )
        case Death(0, status):
            return Judgement(
                Kind.EXITED,
                f"It ended its own process (exit status {status}) {during}. Remove calls of "
                "`exit`, `quit` and `os._exit`.",
            )
        case Death(number):
            name = {known.value: known.name for known in signal.Signals}.get(number, str(number))
            sentence = f"Its process ended with signal {name} {during}. Run it yourself to see why."
            return Judgement(Kind.CRASHED, sentence)
        case Garbage(reason):
            return Judgement(
                Kind.GARBAGE,
                f"It wrote to the pipe through which the grader gets its answers "
                f"({quote(reason)}) {during}. Return the result, and print everything else.",
            )


def wrong_size(problem: Problem, case: Case, answer: Answer, shape: tuple[int, ...]) -> Judgement:
    """The judgement of an answer with the wrong number of elements."""
    numbers = "number" if answer.elements == 1 else "numbers"
    return Judgement(
        Kind.WRONG_SIZE,
        f"It returned {answer.elements:,} {numbers} (shape {answer.shape}) on "
        f"{describe_case(problem, case)}. The right answer has {math.prod(shape):,} numbers "
        f"(shape {shape}: {problem.output}). Check the number of tokens, and the number of "
        "features of each token.",
    )


def wrong_shape(problem: Problem, case: Case, answer: Answer, shape: tuple[int, ...]) -> Judgement:
    """The judgement of right numbers in a shape that the problem refuses."""
    return Judgement(
        Kind.WRONG_SHAPE,
        f"The numbers are right, but in shape {answer.shape} on {describe_case(problem, case)}. "
        f"This problem asks for shape {shape} ({problem.output}).",
    )


def shape_note(answer: Answer, shape: tuple[int, ...]) -> str:
    """The note for right numbers in another shape than the statement's."""
    return (
        f"The numbers are right and in the right order. The statement's shape is {shape}, "
        f"yours is {answer.shape}."
    )


def wrong_values(
    problem: Problem, case: Case, answer: Answer, diff: Difference, elements: int
) -> Judgement:
    """The judgement of an answer of the right size with wrong numbers in it."""
    where = describe_case(problem, case)
    if diff.not_finite:
        return Judgement(
            Kind.NOT_FINITE,
            f"{diff.not_finite:,} of {elements:,} numbers are NaN or infinite on {where}. Look for "
            "a division by zero, an overflow, or an array that was never filled.",
        )
    sentence = (
        f"{diff.wrong:,} of {elements:,} numbers are wrong on {where}. At index "
        f"{diff.index} it gave {diff.got:.6g}, but {diff.expected:.6g} is right."
    )
    if answer.source_dtype in ("bfloat16", "float16"):
        advice = f"The result is {answer.source_dtype}. Use float32 in every step."
    elif diff.error < 1000 * diff.bound:
        advice = (
            "The difference is small, but too large for float32 rounding alone. Look for half "
            "precision, rounding or an approximation."
        )
    else:
        return Judgement(Kind.WRONG_VALUES, sentence)
    return Judgement(Kind.LOW_PRECISION, f"{sentence} {advice}")


def describe_case(problem: Problem, case: Case) -> str:
    """A case in a few words: its group's purpose, the shape of the first array, the numbers."""
    named = list(zip(problem.parameters, case.arguments, strict=True))
    arrays = [f"{name} {v.shape}" for name, v in named if isinstance(v, np.ndarray)]
    numbers = [f"{name}={v}" for name, v in named if not isinstance(v, np.ndarray)]
    shown = ", ".join([*arrays[:1], *numbers])
    purpose = problem.groups[case.group].purpose
    return f"{purpose} ({shown})" if shown else purpose


def _exception(problem: Problem, case: Case | None, raised: Raised) -> Judgement:
    # JAX writes a page after the line that matters.
    message = quote(next(iter(raised.message.strip().splitlines()), ""), limit=300)
    at, name = _at(raised), quote(raised.type)
    match raised.stage:
        case "syntax":
            sentence = f"Python cannot read it{at} ({message}). Run the file yourself first."
            return Judgement(Kind.SYNTAX_ERROR, sentence)
        case "large":
            sentence = f"It has {message}. Hand in the code without data."
            return Judgement(Kind.UNREADABLE, sentence)
        case "missing":
            sentence = f"It has {message}. The grader calls {problem.signature}."
            return Judgement(Kind.MISSING_FUNCTION, sentence)
        case "signature":
            return Judgement(
                Kind.WRONG_SIGNATURE,
                f"`{problem.entry_point}` takes {message}, but the grader calls "
                f"{problem.signature}. Give it these {len(problem.parameters)} parameters.",
            )
        case "result" if raised.type:
            return Judgement(
                Kind.NOT_AN_ARRAY,
                f"It returned {quote(raised.where)}, which numpy.asarray cannot turn into an "
                f"array ({name}: {message}). Return {problem.output}.",
            )
        case "result" if message == "a NoneType":
            sentence = f"It returned None (is a `return` missing?). Return {problem.output}."
            return Judgement(Kind.NO_RESULT, sentence)
        case "result":
            hint = " (try `.astype(float)`)" if "dtype object" in message else ""
            sentence = f"It returned {message}{hint}. Return {problem.output}."
            return Judgement(Kind.NOT_AN_ARRAY, sentence)
    if raised.line.startswith("raise NotImplementedError"):
        sentence = f"Not started: `{problem.entry_point}` still raises NotImplementedError."
        return Judgement(Kind.NOT_STARTED, sentence)
    if raised.type in ("ModuleNotFoundError", "ImportError"):
        return Judgement(
            Kind.IMPORT_ERROR,
            f"An import fails{at} ({message}). Use only what the exercise installs (JAX, Flax, "
            "NumPy and SciPy), and hand in your own modules with this file.",
        )
    error = f"{name}: {message}" if message else name
    when = "when it is imported" if case is None else f"on {describe_case(problem, case)}"
    advice = REFUSED_ADVICE if raised.type in REFUSED else ""
    return Judgement(Kind.EXCEPTION, f"It raises {error}{at}, {when}.{advice}", raised=name)


def _at(found: Raised | Use) -> str:
    where = f" at {quote(found.where)}" if found.where else ""
    line = f": `{quote(found.line, limit=120)}`" if found.line else ""
    return where + line


def _says(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _memory(problem: Problem, during: str) -> Judgement:
    return Judgement(
        Kind.MEMORY_LIMIT,
        f"It ran out of memory (the limit is {problem.limits.memory_bytes / 2**30:g} GiB) "
        f"{during}. Look for an array that is larger than the inputs and the output together.",
    )
