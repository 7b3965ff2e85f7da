"""The page on a whole class: what an instructor looks at first, as HTML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files

from ..common.verdict import Verdict
from ..report.report import Report
from ..report.run import Run
from .charts import bar, count_of, histogram
from .common_mistakes import common_mistakes
from .pages import (
    LONGEST_NAME,
    line,
    name_of,
    page,
    page_names,
    points,
    total,
    total_text,
    verdict_html,
)

SLOWEST = 10  # shown
MOST_PATHS = 200  # of those that were not understood

_SCRIPT = files(__package__).joinpath("class_report.js").read_text("utf-8")

Links = Mapping[str, str]  # of each student's id: their name as a link to their page


def class_page(run: Run) -> str:
    """`index.html`: links lead to `students/`."""
    pages = page_names(run)
    names = {student.id: f"<bdi>{escape(name_of(student))}</bdi>" for student in run.students}
    links = {who: f'<a href="students/{pages[who]}">{name}</a>' for who, name in names.items()}
    parts = [
        *("<main>\n<h1>Class report</h1>\n", _summary(run), _judge_errors(run, links)),
        *(_verdicts(run), _marks(run), _mistakes(run, links), _slowest(run, links)),
        *(_absent(run, links), _not_understood(run), _students(run, links)),
        *("</main>\n", _foot(run)),
    ]
    return page("Class report", "".join(parts), _SCRIPT)


def _summary(run: Run) -> str:
    handed_in = len({report.student for report in run.reports})
    problems = ", ".join(f"<code>{line(problem.id)}</code>" for problem in run.problems)
    sections = {"verdicts": "Verdicts", "marks": "Marks", "mistakes": "Mistakes"}
    sections |= {"slowest": "Slowest", "students": "Students"}
    links = "".join(f'<a href="#{place}">{words}</a>' for place, words in sections.items())
    return (
        f"<p>{count_of(len(run.students), 'student')}, of whom {handed_in:,} handed in "
        f"{count_of(len(run.reports), 'submission')} for {problems}.</p>\n"
        f'<nav aria-label="Sections">{links}</nav>\n'
    )


def _judge_errors(run: Run, links: Links) -> str:
    failed = [report for report in run.reports if report.verdict is Verdict.JUDGE_ERROR]
    if not failed:
        return ""
    whose: dict[str, list[str]] = {}
    for report in failed:
        name = f"{links[report.student]} (<code>{line(report.problem_id)}</code>)"
        whose.setdefault(report.detail or report.message, []).append(name)
    items = "".join(f"<li>{', '.join(names)}: {line(why)}</li>\n" for why, names in whose.items())
    return (
        '<section class="alarm" id="judge-errors">\n'
        f"<h2>{count_of(len(failed), 'submission')} could not be marked</h2>\n"
        "<p>The grader failed on them, not the students, and nobody loses marks for it. Run "
        "<code>grader grade</code> again. Where that doesn't help, hand "
        "what is said here to whoever looks after the grader.</p>\n"
        f"<ul>\n{items}</ul>\n</section>\n"
    )


def _verdicts(run: Run) -> str:
    counts = {
        problem.id: Counter(
            report.verdict if (report := run.report(student, problem)) else None
            for student in run.students
        )
        for problem in run.problems
    }
    heads = "".join(
        f'<th scope="col" class="n"><code>{line(problem.id)}</code></th><td class="b"></td>'
        for problem in run.problems
    )
    rows = []
    for verdict in (*Verdict, None):
        if not any(count[verdict] for count in counts.values()):
            continue
        cells = "".join(
            f'<td class="n">{count[verdict]:,}</td>'
            f'<td class="b">{bar(count[verdict], count.total())}</td>'
            for count in counts.values()
        )
        rows.append(f'<tr><th scope="row">{verdict_html(verdict)}</th>{cells}</tr>\n')
    totals = "".join(
        f'<td class="n">{count.total():,}</td><td class="b"></td>' for count in counts.values()
    )
    return (
        '<section id="verdicts">\n<h2>Verdicts</h2>\n<div class="wide"><table>\n'
        f"<caption>Students by verdict; a whole bar is the class</caption>\n<thead><tr>"
        f'<th scope="col">Verdict</th>{heads}</tr></thead>\n<tbody>\n{"".join(rows)}</tbody>\n'
        f'<tfoot><tr><th scope="row">Students</th>{totals}</tr></tfoot>\n</table></div>\n'
        "</section>\n"
    )


def _marks(run: Run) -> str:
    charts = [
        histogram(
            f"<code>{line(problem.id)}</code>",
            [r.score for r in run.reports if r.problem_id == problem.id and r.score is not None],
            problem.max_score,
        )
        for problem in run.problems
    ]
    if len(run.problems) > 1:
        handed_in = {report.student for report in run.reports}
        totals = [total(run, student) for student in run.students if student.id in handed_in]
        whole = [points for points, missing in totals if not missing]
        charts.append(histogram("In total", whole, sum(p.max_score for p in run.problems)))
    return (
        '<section id="marks">\n<h2>Marks</h2>\n<p class="quiet">Of those who handed something in '
        f'and have been marked.</p>\n<div class="charts">\n{"".join(charts)}</div>\n</section>\n'
    )


def _mistakes(run: Run, links: Links) -> str:
    parts = [
        '<section id="mistakes">\n<h2>What students got wrong</h2>\n<p class="quiet">A submission '
        "counts once, under the most telling thing that is known of it. Shares are of all "
        "submissions for the problem.</p>\n"
    ]
    for problem in run.problems:
        mine = [report for report in run.reports if report.problem_id == problem.id]
        wrong = [report for report in mine if report.verdict is Verdict.WRONG_ANSWER]
        marked = (Verdict.ACCEPTED, Verdict.WRONG_ANSWER, Verdict.JUDGE_ERROR)
        stopped = [report for report in mine if report.verdict not in marked]
        parts.append(f"<h3>{line(problem.title)} <code>{line(problem.id)}</code></h3>\n")
        parts.append(_grouped(wrong, len(mine), "Wrong answers", links))
        parts.append(_grouped(stopped, len(mine), "Errors, limits and rules", links))
        if not wrong and not stopped:
            parts.append("<p>Nothing.</p>\n")
    return f"{''.join(parts)}</section>\n"


def _grouped(reports: Sequence[Report], of: int, caption: str, links: Links) -> str:
    """A table of what these reports say, the most frequent first, with everyone's name folded."""
    if not reports:
        return ""
    rows = []
    for mistake, students in common_mistakes(reports):
        names = "".join(f"<li>{links[report.student]}</li>" for report in students)
        rows.append(
            f'<tr><td class="n">{len(students):,}</td><td class="n">{len(students) / of:.0%}</td>'
            f'<td class="b">{bar(len(students), of)}</td><td class="what">{line(mistake.sentence)}'
            "<details><summary>Names</summary>"
            f'<ul class="names">{names}</ul></details></td></tr>\n'
        )
    return (
        f'<div class="wide"><table>\n<caption>{caption}</caption>\n<thead><tr><th scope="col" '
        'class="n">Students</th><th scope="col" class="n">Share</th><td class="b"></td>'
        f'<th scope="col">What</th></tr></thead>\n'
        f"<tbody>\n{''.join(rows)}</tbody>\n</table></div>\n"
    )


def _slowest(run: Run, links: Links) -> str:
    slowest = sorted(run.reports, key=lambda report: -report.seconds)[:SLOWEST]
    rows = "".join(
        f'<tr><td class="n">{report.seconds:.1f}</td><td>{links[report.student]}</td>'
        f"<td><code>{line(report.problem_id)}</code></td>"
        f"<td>{verdict_html(report.verdict)}</td></tr>\n"
        for report in slowest
    )
    return (
        '<section id="slowest">\n<h2>Slowest submissions</h2>\n<div class="wide"><table>\n'
        '<thead><tr><th scope="col" class="n">Seconds</th><th scope="col">Student</th>'
        '<th scope="col">Problem</th><th scope="col">Verdict</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n</section>\n"
    )


def _absent(run: Run, links: Links) -> str:
    handed_in = {report.student for report in run.reports}
    absent = [student for student in run.students if student.id not in handed_in]
    if not absent:
        return ""
    names = "".join(f"<li>{links[student.id]}</li>" for student in absent)
    return (
        f'<section id="absent">\n<h2>{count_of(len(absent), "student")} handed in nothing</h2>\n'
        f'<ul class="names">{names}</ul>\n</section>\n'
    )


def _not_understood(run: Run) -> str:
    if not run.not_understood:
        return ""
    items = "".join(
        f"<li><code>{line(str(item.path))}</code>: {line(item.why)}</li>\n"
        for item in run.not_understood[:MOST_PATHS]
    )
    left = len(run.not_understood) - MOST_PATHS
    more = f"<p>And {left:,} more, which the JSON report lists.</p>\n" if left > 0 else ""
    return (
        '<section id="not-understood">\n<h2>Not graded</h2>\n'
        f"<p>No submission was found in:</p>\n<ul>\n{items}</ul>\n{more}</section>\n"
    )


def _students(run: Run, links: Links) -> str:
    heads = ['<th scope="col">Name</th>', '<th scope="col">Id</th>', '<th scope="col">E-mail</th>']
    for problem in run.problems:
        heads.append(f'<th scope="col"><code>{line(problem.id)}</code></th>')
        heads.append(f'<th scope="col" class="n">of {problem.max_score}</th>')
    most = sum(problem.max_score for problem in run.problems)
    heads.append(f'<th scope="col" class="n">Total of {most}</th>')
    rows = []
    for student in run.students:
        cells = [f"<td>{links[student.id]}", f"<td>{line(student.id, LONGEST_NAME)}"]
        cells.append(f"<td>{line(student.email, LONGEST_NAME)}")
        for problem in run.problems:
            report = run.report(student, problem)
            verdict = verdict_html(report.verdict if report else None)
            cells.append(f'<td>{verdict}<td class="n">{points(report)}')
        cells.append(f'<td class="n">{total_text(run, student)}')
        rows.append(f"<tr>{''.join(cells)}\n")
    return (
        '<section id="students">\n<h2>Students</h2>\n<div class="controls" hidden>'
        '<label for="search">Search</label><input id="search" type="search" autocomplete="off">'
        '<span id="found" role="status" class="quiet"></span></div>\n'
        '<div class="wide" role="region" aria-label="Students" tabindex="0"><table>\n'
        f"<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>\n{''.join(rows)}</tbody>\n"
        "</table></div>\n</section>\n"
    )


def _foot(run: Run) -> str:
    versions = sorted({tuple(sorted(report.versions.items())) for report in run.reports})
    sandboxes = sorted({report.sandbox for report in run.reports})
    of_problems = sorted({(r.problem_id, r.problem_version) for r in run.reports})
    facts = [
        ("Seed of the run", str(run.seed)),
        *(("Versions", ", ".join(f"{what} {v}" for what, v in found)) for found in versions),
        ("Problems", ", ".join(f"{name} {version}" for name, version in of_problems)),
        ("Sandbox", ", ".join(sandboxes)),
    ]
    items = "".join(f"<dt>{what}</dt><dd>{line(fact)}</dd>\n" for what, fact in facts)
    return f"<footer>\n<dl>\n{items}</dl>\n</footer>\n"
