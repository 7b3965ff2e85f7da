"""The pages of a class report: what all of them share, and the page of one student, as HTML."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from html import escape
from importlib.resources import files

from ..common.text import quote, visible
from ..common.verdict import Verdict
from ..report.report import CaseReport, Report
from ..report.run import Graded, Run
from ..submissions.student import Student
from .check_html import diagnosis_html

LONGEST_NAME = 60  # characters
LONGEST_TEXT = 400
LONGEST_PRINTS = 10_000
NOTHING = "nothing handed in"

_STYLE = files(__package__).joinpath("class_report.css").read_text("utf-8")
_MARKS = {Verdict.ACCEPTED: "✓", Verdict.WRONG_ANSWER: "✗", Verdict.JUDGE_ERROR: "?"}
_CLASSES = {Verdict.ACCEPTED: "right", Verdict.WRONG_ANSWER: "wrong"}


def page(title: str, body: str, script: str = "") -> str:
    """A whole document that needs no other file.

    title: text; body: HTML. The policy names our style and script by their hashes: nothing else
    runs, is fetched or is sent anywhere, be it in a page in which something was not escaped.
    """
    policy = f"default-src 'none'; style-src {_hash(_STYLE)}; base-uri 'none'; form-action 'none'"
    if script:
        policy += f"; script-src {_hash(script)}"
        body += f"<script>{script}</script>\n"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{line(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n{body}</body>\n</html>\n"
    )


def line(text: str, most: int = LONGEST_TEXT) -> str:
    """One line of any text, as HTML: what can't be seen is shown, and it is cut to `most`."""
    return escape(quote(text, most))


def name_of(student: Student) -> str:
    """What to call them, in one short visible line of text."""
    return quote(student.shown, LONGEST_NAME) or ascii(student.shown)


def page_name(number: int, student: Student) -> str:
    """The file of a student's page.

    number: the student's place in the run, from 1. It keeps names apart that are one and the same
    to some file system, and no name can leave the folder.
    """
    slug = "".join(re.findall("[A-Za-z0-9]", student.id))[:40] or "student"
    return f"{number}-{slug}.html"


def page_names(run: Run) -> dict[str, str]:
    """The file of each student's page, by the student's id."""
    return {student.id: page_name(n, student) for n, student in enumerate(run.students, 1)}


def verdict_html(verdict: Verdict | None) -> str:
    """A sign and the verdict's words: the colour only repeats them. None: nothing handed in."""
    if verdict is None:
        return f'<span class="quiet">· {NOTHING}</span>'
    mark, kind = _MARKS.get(verdict, "!"), _CLASSES.get(verdict, "other")
    return f'<span class="verdict {kind}">{mark} {verdict.words}</span>'


def points(report: Report | None) -> str:
    """The score as text: 0 where nothing was handed in, "?" where it is not marked."""
    if report is None:
        return "0"
    return "?" if report.score is None else str(report.score)


def total(run: Run, student: Student) -> tuple[int, bool]:
    """The sum of the scores, and whether one is still missing from it."""
    scores = [run.report(student, problem) for problem in run.problems]
    known = [report.score for report in scores if report is not None]
    return sum(score or 0 for score in known), None in known


def total_text(run: Run, student: Student) -> str:
    """The total, such as "27", or "7 + ?" where a problem is not marked yet."""
    points, missing = total(run, student)
    return f"{points} + ?" if missing else str(points)


def student_page(run: Run, number: int) -> str:
    """The page of a student by their place in the run, from 1."""
    student = run.students[number - 1]
    name = name_of(student)
    most = sum(problem.max_score for problem in run.problems)
    about = [f"<code>{line(student.id)}</code>"]
    if student.email:
        about.append(line(student.email))
    body = "".join(
        (
            f'<nav aria-label="Pages">{"".join(_neighbours(run, number))}</nav>\n<main>\n',
            f"<h1><bdi>{escape(name)}</bdi></h1>\n<p>{' · '.join(about)}</p>\n",
            f"<p>Total: <b>{total_text(run, student)} of {most}</b> points</p>\n",
            *(_problem(problem, run.report(student, problem)) for problem in run.problems),
            "</main>\n",
        )
    )
    return page(name, body)


def _neighbours(run: Run, number: int) -> Iterator[str]:
    yield '<a href="../index.html">Class report</a>'
    for word, there in (("Previous", number - 1), ("Next", number + 1)):
        if 1 <= there <= len(run.students):
            student = run.students[there - 1]
            href, name = page_name(there, student), escape(name_of(student))
            yield f'<a href="{href}">{word}: <bdi>{name}</bdi></a>'


def _problem(problem: Graded, report: Report | None) -> str:
    parts = [f"<section>\n<h2>{line(problem.title)} <code>{line(problem.id)}</code></h2>\n"]
    parts.append(f"<p>{verdict_html(report.verdict if report else None)}")
    if report is None:
        return f"{''.join(parts)}: 0 of {problem.max_score} points</p>\n</section>\n"
    parts.append(f": <b>{points(report)} of {report.max_score}</b> points</p>\n")
    parts.append("<h3>What happened</h3>\n")
    parts.append(diagnosis_html(report.diagnosis, report.message))
    if report.detail:
        detail = line(report.detail, 4000)
        parts.append(f"<p>For whoever mends the grader: <code>{detail}</code></p>")
    if report.notes:
        notes = "".join(f"<li>{line(note)}</li>" for note in report.notes)
        parts.append(f"\n<ul>{notes}</ul>")
    if report.groups:
        parts += ["\n<h3>Points</h3>\n", _groups(report)]
    if report.output:
        parts += ["\n<h3>What it printed</h3>\n", _prints(report.output)]
    parts += ["\n<h3>The submission</h3>\n", _about(report), "</section>\n"]
    return "".join(parts)


def _groups(report: Report) -> str:
    cases: dict[str, list[CaseReport]] = {}
    for case in report.cases:
        cases.setdefault(case.group, []).append(case)
    rows = []
    for group in report.groups:
        mine = cases.get(group.name, [])
        right = sum(case.accepted for case in mine)
        not_run = sum(case.verdict is None for case in mine)
        told = f"{right} of {len(mine)}"
        told += f", {not_run} not run" if not_run else ""
        mark = "✓" if group.points == group.max_points else "✗"
        rows.append(
            f'<tr><th scope="row">{mark} {line(group.purpose)}</th><td>{told}</td>'
            f'<td class="n">{group.points}</td><td class="n">{group.max_points}</td></tr>\n'
        )
    return (
        '<div class="wide"><table>\n<thead><tr><th scope="col">Group of cases</th>'
        '<th scope="col">Cases right</th><th scope="col" class="n">Points</th>'
        f'<th scope="col" class="n">of</th></tr></thead>\n<tbody>\n{"".join(rows)}</tbody>\n'
        f'<tfoot><tr><th scope="row">Score</th><td></td><td class="n">{points(report)}</td>'
        f'<td class="n">{report.max_score}</td></tr></tfoot>\n</table></div>'
    )


def _prints(prints: str) -> str:
    """The end of it, which is nearest to what went wrong."""
    count = prints.count("\n") + (not prints.endswith("\n"))
    left_out = len(prints) - LONGEST_PRINTS
    cut = f", without the first {left_out:,} characters" if left_out > 0 else ""
    text = escape(visible(prints[-LONGEST_PRINTS:], keep="\n\t"))
    lines = f"{count:,} line{'s' if count != 1 else ''}"
    # The line end after <pre> is no part of it, so that one of the text's own is kept.
    return f'<details><summary>{lines}{cut}</summary><pre class="prints">\n{text}</pre></details>'


def _about(report: Report) -> str:
    facts = {
        "File": line(report.submission, 1000),
        "SHA-256": report.sha256 or "not read",
        "Time": f"{report.seconds:.1f} s",
        "Sandbox": line(report.sandbox),
        "Version of the problem": line(report.problem_version),
    }
    items = "".join(f"<dt>{what}</dt><dd><code>{fact}</code></dd>" for what, fact in facts.items())
    return f"<dl>{items}</dl>\n"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
