"""A made-up class: a run as grading would give it, without a sandbox and the same every time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from math import inf
from pathlib import Path
from random import Random

import numpy as np
from support.course import ROOT

from grader.common.verdict import Verdict
from grader.course import Problem
from grader.course.catalogue import Course, Entry, load_course
from grader.diagnosis.diagnose import Diagnosis
from grader.diagnosis.finding import Finding
from grader.diagnosis.heat_map import HeatMap, token_name
from grader.diagnosis.pixels_read import Reading
from grader.judging.judgement import Kind
from grader.report.report import NOT_MARKED, CaseReport, Report, group_reports
from grader.report.run import Decided, Replaced, Run, graded_problem
from grader.submissions import NotUnderstood
from grader.submissions.roster import Matching, Student, Unclear

IDS = ("vit_patch_embed", "patch_embed_cls")

# Each is tried as an id, as a name, as a print and within findings, notes and paths.
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "javascript:alert(4)",
    "'; alert(5); //",
    "</pre></details></td></table><h1>gone",
    "<!-- ]]> -->",
    "&lt;b&gt;&amp;",
    "abc\u202egnp.exe",
    "two\nlines\r\nand\ttabs",
    "../../../etc/passwd",
    '=HYPERLINK("http://example.invalid","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "-2+3",
    "null\x00and\x0bvertical\x1b[2Jescape",
    "half\udc80",
    "\uffff\ufffe",
    "e" + 60 * "\u0301",
    "zero\u200bwidth",
    "very long " + 400 * "W",
    "多語言 🙂 ünïcödé, Jr.",
    "semi;colon,comma\"quote'",
    "   ",
)
FIRST = "Ada Bela Chen Dara Emil Fay Gus Hana Ivan Jo Kofi Lena Miguel Noor Olga Pia".split()
LAST = "Abe Berg Costa Dąbrowski Eze Fischer García Hughes Ito Jansen Khan Li Müller Nkosi".split()

# (id, sentence, how often); the first ones are what many students have.
FINDINGS = {
    "vit_patch_embed": (
        ("patches-by-column",
         "The numbers are right, but the patches come column by column. Order them row by row: "
         "first the top row, from left to right.", 8),
        ("known-00000001",
         "Your convolution moves by one pixel. Give it strides of the patch size.", 5),
        ("known-00000002",
         "The key is split before it is used: give `PRNGKey(seed)` itself to `init`.", 4),
        ("factor:0.00392157",
         "In each wrong case, every number is 0.00392157 times the right one. Look for a factor "
         "that does not belong there, or for one that is missing.", 2),
        ("bias",
         "In each wrong case, every token differs from the right one by the same vector. "
         "Look for a bias that is added but should not be, or for one that is missing.", 1),
        ("wrong-where:C!=3", "Every wrong case has C ≠ 3. Every right case has C = 3.", 1),
    ),
    "patch_embed_cls": (
        ("not-added:pos_embed:first-token",
         "`pos_embed` is not added to the first token. Everything else is right.", 7),
        ("known-00000003",
         "Your patches are flattened channels last. Each has to be flattened as (C, P, P).", 5),
        ("known-00000004",
         "The [CLS] token is appended after the patches. Put it in front.", 3),
        ("known-00000005",
         "Rows and columns of the grid are swapped. Or: The image is transposed first.", 2),
        ("added-twice:<script>",
         "`<script>alert(6)</script>` is added twice. Everything else is right.", 1),
        ("wrong-where:patches>64",
         "Every wrong case has number of patches > 64. Every right case has number of patches ≤ "
         "64.", 1),
    ),
}  # fmt: skip
WHERE = Finding("wrong-where:H!=W", "Every wrong case has H ≠ W. Every right case has H = W.")
NO_FINDING = 3  # how often what is wrong is not known

# Forty draws hold so many of each; None is nothing handed in for the problem.
DECK: tuple[Verdict | None, ...] = (
    *(16 * (Verdict.ACCEPTED,)),
    *(12 * (Verdict.WRONG_ANSWER,)),
    *(4 * (Verdict.RUN_TIME_ERROR,)),
    Verdict.TIME_LIMIT_EXCEEDED,
    Verdict.MEMORY_LIMIT_EXCEEDED,
    Verdict.OUTPUT_LIMIT_EXCEEDED,
    Verdict.RULE_VIOLATION,
    *(4 * (None,)),
)
JUDGE_ERRORS = 3  # about so many in a class
MESSAGES = {
    Verdict.RUN_TIME_ERROR: (
        "It raises ValueError: cannot reshape array of size 480 into shape (2,1,5,4,5,4) at line "
        "7: `patches = x.reshape(n, c, grid, patch_size, grid, patch_size)`, on {where}.",
        "It raises TypeError: <img src=x onerror=alert(7)> at line 3: `x + None`, on {where}.",
        "An import fails at line 1: `import torch` (No module named 'torch'). Use only what "
        "the exercise installs (JAX, Flax, NumPy and SciPy), and keep all your code in this one "
        "file.",
        "Not started: the function still raises NotImplementedError.",
    ),
    Verdict.TIME_LIMIT_EXCEEDED: (
        "It was still running after 20 s on {where}. Look for a loop that does not end, or "
        "compute with whole arrays instead of one number at a time.",
    ),
    Verdict.MEMORY_LIMIT_EXCEEDED: (
        "It ran out of memory (the limit is 4 GiB) on {where}. Look for an array that is larger "
        "than the inputs and the output together.",
    ),
    Verdict.OUTPUT_LIMIT_EXCEEDED: (
        "It printed more than 1024 KiB. Remove prints inside loops.",
    ),
    Verdict.RULE_VIOLATION: (
        "It uses `conv_general_dilated` at line 12: `x = lax.conv(x, kernel, (p, p), 'VALID')`. "
        "This problem is to be solved without a convolution: reshape, permute, reshape, and one "
        "matrix product.",
    ),
}  # fmt: skip
RUN_TIME_ERRORS = dict(
    zip(
        MESSAGES[Verdict.RUN_TIME_ERROR],
        (
            (Kind.EXCEPTION, "ValueError"),
            (Kind.EXCEPTION, "TypeError"),
            (Kind.IMPORT_ERROR, ""),
            (Kind.NOT_STARTED, ""),
        ),
        strict=True,
    )
)
KINDS = {
    Verdict.ACCEPTED: Kind.ACCEPTED,
    Verdict.WRONG_ANSWER: Kind.WRONG_VALUES,
    Verdict.RUN_TIME_ERROR: Kind.EXCEPTION,
    Verdict.TIME_LIMIT_EXCEEDED: Kind.TIME_LIMIT,
    Verdict.MEMORY_LIMIT_EXCEEDED: Kind.MEMORY_LIMIT,
    Verdict.OUTPUT_LIMIT_EXCEEDED: Kind.OUTPUT_LIMIT,
    Verdict.RULE_VIOLATION: Kind.RULE_BROKEN,
    Verdict.JUDGE_ERROR: Kind.NOT_MARKED,
}
SHAPES = (1, 3, 8, 8), (2, 1, 16, 12), (3, 4, 6, 9), (2, 5, 3, 12), (1, 3, 224, 224)


@cache
def _course() -> Course:
    return load_course(ROOT)


@cache
def synthetic_run(students: int, seed: int = 0) -> Run:
    """A class of so many students, and both real problems.

    From 40 students on, every verdict is among the reports, with many findings of which some are
    shared; some students handed in nothing at all, and some are in no roster. Every tenth student
    has a hostile id and name.
    """
    random = Random(seed)
    people = tuple(_student(number, random) for number in range(students))
    reports = []
    for problem_id in IDS:
        deck: list[Verdict | None] = []
        for number, student in enumerate(people):
            if not deck:
                deck = random.sample(DECK, len(DECK))
            verdict = deck.pop()
            if number % max(2, students // JUDGE_ERRORS) == 1 and problem_id == IDS[0]:
                verdict = Verdict.JUDGE_ERROR
            if number % 17 == 5 or verdict is None:
                continue
            entry = _course().get(problem_id)
            if verdict is Verdict.RULE_VIOLATION and not entry.problem.rules.primitives:
                verdict = Verdict.RUN_TIME_ERROR
            reports.append(_report(entry, student, verdict, random))
    return Run(
        seed=random.randrange(2**53),
        problems=tuple(graded_problem(_course().get(problem_id)) for problem_id in IDS),
        students=people,
        reports=tuple(reports),
        not_understood=tuple(
            NotUnderstood(Path("class") / name.replace("/", "_").replace("\0", "_"), why)
            for name, why in (
                ("notes.txt", "it is no .py or .ipynb file"),
                ("<b>bold</b>.py", "it defines neither function"),
                ("old\nversion.ipynb", f"its name holds {HOSTILE[0]}"),
            )
        ),
    )


def with_all_that_happens(run: Run) -> Run:
    """The run after a term: work that fits nobody, decisions, what was replaced. Most is hostile.

    One student handed in under two names, which are the last two of the class, and another has what
    could not be read in one problem and what is not graded yet in the other.
    """
    evil = HOSTILE[0]
    handed_in = {report.student for report in run.reports}
    nothing = [student.id for student in run.students if student.id not in handed_in]
    twice, unread, *absent = nothing
    others = (Student(f"{evil}, Jr."), Student(f"{twice} (as handed in)"))
    report = next(r for r in run.reports if r.verdict is Verdict.WRONG_ANSWER)
    note = f"{evil}/old.py is for this problem too and was not graded."
    reports = [replace(run.reports[0], notes=(note,)), *run.reports[1:]]
    reports += [replace(report, student=student.id) for student in others]
    return replace(
        run,
        students=(*run.students, *others),
        reports=tuple(reports),
        not_understood=(*run.not_understood, NotUnderstood(Path("old.py"), note)),
        choices=(f"The names are read as {evil} gives them.",),
        matching=Matching(
            unmatched=(others[0].id, "<b>Ek</b>, Bo"),
            absent=tuple(absent),
            unclear=(
                Unclear(twice, IDS[0], "conflict", f"2 submissions: {evil}"),
                Unclear(unread, IDS[0], "could not be read", f"{evil}.zip: it is damaged"),
                Unclear(unread, IDS[1], "not graded yet", f"The command was stopped: {evil}"),
            ),
            not_in_roster=tuple(student.id for student in others),
        ),
        replaced=(
            Replaced(report.student, IDS[0], f"old/{evil}/{200 * 'W'}.py", "wrong answer", 7),
            Replaced(evil, IDS[1], "old/p.py", "judge error", None),
        ),
        decided=(
            Decided(report.student, IDS[0], 7, 9, (f"Shown in office hours: {evil}.", "And so.")),
            Decided(run.students[0].id, IDS[1], None, 20, ("By hand, for all.",)),
        ),
        decisions_unused=(f'Line 4: there is no student "{evil}".',),
    )


def _student(number: int, random: Random) -> Student:
    if number % 10 == 7:
        text = HOSTILE[number // 10 % len(HOSTILE)]
        # The id alone, or id and name; the number keeps ids apart.
        name = text if number % 20 == 7 else ""
        return Student(f"{text}{number}", name, f"{text}@example.edu" if name else "")
    first, last = random.choice(FIRST), random.choice(LAST)
    login = f"{first}.{last}{number}".lower()
    if number % 6 == 4:  # in no roster
        return Student(login)
    canvas = {
        "Student": f"{last}, {first}",
        "ID": str(90_000 + number),
        "SIS User ID": f"s{number:07}",
        "SIS Login ID": login,
        "Section": f"Vision {number % 3 + 1}",
    }
    number_there = canvas["ID"]
    return Student(
        f"s{number:07}", f"{first} {last}", f"{login}@example.edu", canvas, (login,), number_there
    )


def _report(entry: Entry, student: Student, verdict: Verdict, random: Random) -> Report:
    text = random.choice(HOSTILE)
    where = f"a square image (x (1, 3, 8, 8), seed={random.randrange(10**5)}, patch_size=2)"
    diagnosis, kind, raised = Diagnosis(), KINDS[verdict], ""
    cases = _cases(entry.problem, verdict, random)
    if verdict is Verdict.WRONG_ANSWER:
        wrong, elements = random.randrange(1, 60), random.choice((72, 96, 187))
        message = (
            f"{wrong} of {elements} numbers are wrong on {where}. At index (0, 0, 5) it gave "
            f"{random.gauss(0, 1):.6g}, but {random.gauss(0, 1):.6g} is right."
        )
        diagnosis = _diagnosis(entry.id, random)
    elif verdict is Verdict.ACCEPTED:
        message = "All cases are right."
    elif verdict is Verdict.JUDGE_ERROR:
        message, cases = NOT_MARKED, ()
    else:
        message = random.choice(MESSAGES[verdict])
        kind, raised = RUN_TIME_ERRORS.get(message, (kind, ""))
        message = message.format(where=where)
    notes, case_note = [], ""
    if random.random() < 0.1:
        case_note = (
            "The numbers are right and in the right order. The statement's shape is (72,), yours "
            "is (9, 8)."
        )
    if random.random() < 0.1:
        notes.append(f"Another file was passed over: {text}.py")
    suffix = random.choice((".py", ".ipynb"))
    judged = verdict is not Verdict.JUDGE_ERROR
    return Report(
        student=student.id,
        submission=f"class/{student.id}/{entry.id}{suffix}",
        sha256=hashlib.sha256(ascii(student.id).encode()).hexdigest() if judged else None,
        problem_id=entry.id,
        problem_version=entry.version,
        verdict=verdict,
        kind=kind,
        max_score=entry.problem.max_score,
        message=message,
        notes=tuple(notes),
        case_note=case_note,
        groups=group_reports(entry.problem, cases, verdict) if judged else (),
        cases=cases,
        output=_prints(random) if judged else "",
        seconds=round(random.lognormvariate(0.5, 0.7), 3) if judged else 0.0,
        sandbox="bubblewrap",
        diagnosis=diagnosis,
        raised=raised,
        detail="" if judged else f"SandboxError: the worker did not start: {text}",
        code=_code(entry, student) if judged else "",
    )


def _code(entry: Entry, student: Student) -> str:
    """A file; the longer the student's id, the longer its function. Its comments are hostile."""
    signature = entry.problem.signature
    steps = "".join(f"    step_{n} = {n}  # {HOSTILE[n]}\n" for n in range(1 + len(student.id) % 6))
    return f"import numpy as np\n\n\ndef {signature}:\n{steps}    return np.zeros(3)\n\n\nx = 1\n"


def _cases(problem: Problem, verdict: Verdict, random: Random) -> tuple[CaseReport, ...]:
    """One or two cases a group. What is wrong fails in some groups, what dies stops at one."""
    names = [name for name in problem.groups for _ in range(random.choice((1, 1, 2)))]
    fails = {name for name in problem.groups if random.random() < 0.5} or {names[0]}
    stop = random.randrange(len(names))
    cases = []
    for number, name in enumerate(names):
        got: Verdict | None = Verdict.ACCEPTED
        if verdict is Verdict.WRONG_ANSWER and name in fails:
            got = verdict
        elif verdict not in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER) and number >= stop:
            got = verdict if number == stop else None
        compared = got in (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
        error: float | None = random.uniform(0, 1e-6)
        if got is Verdict.WRONG_ANSWER:
            error = random.choice((random.uniform(0.1, 5), None))
        cases.append(
            CaseReport(
                group=name,
                shapes=(random.choice(SHAPES),),
                verdict=got,
                kind=KINDS[got] if got else None,
                message="" if got in (None, Verdict.ACCEPTED) else f"wrong on a case of {name}",
                largest_error=error if compared else None,
                allowed_error=1e-5 if compared else None,
                where=(0, random.randrange(9), 1) if compared else None,
                seconds=round(random.uniform(0, 0.3), 3) if got else 0.0,
            )
        )
    return tuple(cases)


def _diagnosis(problem_id: str, random: Random) -> Diagnosis:
    ids, sentences, weights = zip(*FINDINGS[problem_id], strict=True)
    findings = tuple(map(Finding, ids, sentences))
    (finding,) = random.choices((*findings, None), (*weights, NO_FINDING))
    extra = 1 if problem_id == "patch_embed_cls" else 0
    return Diagnosis(
        what=(finding,) if finding else (),
        where=WHERE if random.random() < 0.3 else None,
        heat=_heat(extra, random),
        example=(
            "x = np.array([[[[1., 2.],",
            "                [3., 4.]]]], np.float32)",
            f"{'patch_embed_cls' if extra else 'patch_embed_forward'}(x, 1)",
            "",
            "yours:    [[1., 3.]]",
            "expected: [[1., 2.]]",
        ),
        reading=_reading(extra) if random.random() < 0.5 else None,
    )


def _heat(extra: int, random: Random) -> HeatMap:
    tokens, features = random.choice(((9, 8), (16, 11), (196, 768)))
    rows, columns = min(tokens + extra, 24), min(features, 32)
    values = np.random.default_rng(random.randrange(2**32))
    off = values.exponential(1.0, (rows, columns)) * values.integers(0, 2, (rows, columns))
    if random.random() < 0.3:
        off[rows // 2] = inf
    side = int(tokens**0.5)
    labels = tuple(token_name(token, extra, side) for token in range(rows))
    example = tokens == 9
    of = "the input above" if example else "a square image (x (1, 3, 8, 8), patch_size=2)"
    return HeatMap(of, example, labels, off, extra, tokens + extra, features)


def _reading(extra: int) -> Reading:
    """Of an image of 4 by 6 pixels in patches of 2 by 2, read column by column."""
    should = np.zeros((6 + extra, 4, 6), bool)
    does = np.zeros_like(should)
    for patch in range(6):
        (row, column), (wrong_column, wrong_row) = divmod(patch, 3), divmod(patch, 2)
        should[extra + patch, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2] = True
        there = (
            slice(2 * wrong_row, 2 * wrong_row + 2),
            slice(2 * wrong_column, 2 * wrong_column + 2),
        )
        does[(extra + patch, *there)] = True
    return Reading(tuple(token_name(n, extra, 3) for n in range(6 + extra)), should, does)


def _prints(random: Random) -> str:
    kind = random.randrange(8)
    if kind == 0:
        return "\n".join(HOSTILE)
    if kind == 1:
        return "patches (9, 27)\ntokens (9, 8)\n"
    if kind == 2 and random.random() < 0.1:
        return "0123456789 <b>\n" * 4000
    return ""
