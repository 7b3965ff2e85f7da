"""Decisions by hand: read as people and spreadsheets write them, and what they do to marks."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.course import ROOT, entries
from support.fuzzing import examples
from support.synthetic import HOSTILE, IDS, synthetic_run

from grader.common.errors import DecisionsError
from grader.common.verdict import Verdict
from grader.judging.judgement import Kind
from grader.report.apply_decisions import apply_decisions
from grader.report.decisions import COLUMNS, FILE, Decision, new_file_text, read_decisions
from grader.report.report import COSTS_ALL, Report, with_worth
from grader.report.report_json import from_json, to_json
from grader.report.run import GradedGroup, GradedProblem, Run
from grader.report.schema import FILE as SCHEMA_FILE
from grader.submissions.roster import Matching, Student, Unclear
from grader.writers.class_page import class_page
from grader.writers.junit import junit_xml
from grader.writers.pages import student_page
from grader.writers.student import print_explained
from grader.writers.tables import canvas_csv, gradebook_csv, groups_jsonl, results_jsonl
from grader.writers.terminal import Terminal, print_table

HEADER = ",".join(COLUMNS)
FIRST = IDS[0]


def of(problem_id: str) -> GradedProblem:
    """A problem of this course, as a run has it."""
    problem = entries()[problem_id].problem
    groups = tuple(GradedGroup(n, g.purpose, g.points) for n, g in problem.groups.items())
    return GradedProblem(problem_id, problem.title, problem.max_score, groups)


def a_run(students: int = 60, seed: int = 0) -> Run:
    """A made-up class of both problems. Of the last two students, one is in conflict."""
    run = synthetic_run(students, seed)
    more = (
        Student("conny", "Conny Conflict", "conny@example.edu", {"ID": "1"}),
        Student("nora", "Nora Nothing", "nora@example.edu", {"ID": "2"}),
    )
    return dataclasses.replace(
        run,
        problems=tuple(map(of, IDS)),
        students=(*run.students, *more),
        matching=Matching(unclear=(Unclear("conny", FIRST, "conflict", "two sources"),)),
    )


def rows(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join((header, *lines, "")).encode()


def read(folder: Path, data: bytes) -> tuple[Decision, ...]:
    (folder / FILE).write_bytes(data)
    return read_decisions(folder / FILE)


def decide(run: Run, *lines: tuple[str, str, str, str], aliases: object = None) -> Run:
    """lines: student, problem, group and points; the reason is the number of the row."""
    decisions = [
        Decision(n, student, problem, group, int(points), points[0] in "+-", f"reason {n}")
        for n, (student, problem, group, points) in enumerate(lines, 2)
    ]
    return apply_decisions(run, decisions, aliases or {})  # type: ignore[arg-type]


def with_verdict(run: Run, *verdicts: Verdict) -> Report:
    """The first report on the first problem with one of these verdicts."""
    return next(r for r in run.reports if r.problem_id == FIRST and r.verdict in verdicts)


def mark_of(run: Run, student: str, problem_id: str = FIRST) -> int | None:
    people = {one.id: one for one in run.students}
    problems = {one.id: one for one in run.problems}
    return run.score(people[student], problems[problem_id])


# --- the file -------------------------------------------------------------------------------------


def test_no_file_and_a_new_file_decide_nothing(tmp_path: Path) -> None:
    assert read_decisions(tmp_path / FILE) == ()
    assert read(tmp_path, new_file_text().encode()) == ()
    assert new_file_text().startswith(f"{HEADER}\n#")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_as_it_is_saved(tmp_path: Path, separator: str, encoding: str) -> None:
    table = [
        ["Reason", "points", "Group", "problem", "student", "by"],
        ["# a comment", "with", "more", "cells", "than", "the", "header"],
        ["Müller war früher da, siehe E-Mail", "+2", "", "p", "jörg", "me"],
        ["", "", "", "", "", ""],
        ["so\nsagt sie", "17", "tall", "", "*", ""],
        ["x", "−3", "", "p", "", ""],  # noqa: RUF001
        ["x", "plus 4", "", "p", "bo", ""],
    ]
    if encoding == "cp1252":  # which has no such minus
        table[5][1] = "-3"
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=separator).writerows(table)
    found = read(tmp_path, file.getvalue().encode(encoding))
    said = [(d.student, d.problem, d.group, d.points, d.relative) for d in found]
    assert said == [
        ("jörg", "p", "", 2, True),
        ("", "", "tall", 17, False),
        ("", "p", "", -3, True),
        ("bo", "p", "", 4, True),
    ]
    assert found[0].reason == "Müller war früher da, siehe E-Mail"
    assert [d.line for d in found] == [3, 6, 7, 8]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "line 1: no header. Let the first line name the columns: student, problem"),
        (b"hello,world\n", "line 1: no header"),
        (rows(header="student,problem,points,reason"), "line 1: no column group"),
        (rows(header=HEADER + ",points"), "line 1: two columns are called points"),
        (rows("ada,p,,,late"), "line 2: there are no points"),
        (rows("", "ada,p,,1.5,late"), "line 3: the points are 1.5. Write a whole number"),
        (rows('ada,p,,"1,5",late'), "line 2: the points are 1,5. Write a whole number"),
        (rows("ada,p,,1e3,late"), "line 2: the points are 1e3"),
        (rows("ada,p,,+-2,late"), "line 2: the points are"),
        (rows("ada,p,,1234567,late"), "line 2: the points are"),
        (rows("ada,p,,17,"), "line 2: a decision without a reason"),
        (rows("ada,p,,17, "), "line 2: a decision without a reason"),
        (rows("*,p,,17,late"), "line 2: everyone would have the same mark.*write \\+17 or -17"),
        (rows("ada,p,,17,late, excused"), "line 2: it has 6 cells.*Put quotes"),
        (rows('ada,p,,17,"late'), "line 2: .*Check the quotes"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "not UTF-16"),
        (rows("x" * 10 * 2**20), "more than 10 MiB"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(DecisionsError, match=said) as error:
        read(tmp_path, data)
    assert str(tmp_path / FILE) in str(error.value)
    assert "roster" not in str(error.value)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(DecisionsError, match="could not be read"):
        read_decisions(tmp_path / FILE)


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: rows(text)))
@examples(100)
def test_any_file_is_read_or_refused(data: bytes) -> None:
    try:
        with TemporaryDirectory() as folder:
            found = read(Path(folder), data)
    except DecisionsError:
        return
    assert all(decision.reason for decision in found)


# --- worth ----------------------------------------------------------------------------------------


def test_points_are_added_up_from_the_cases_that_are_kept() -> None:
    problem = of(FIRST)
    worth = {group.name: place for place, group in enumerate(problem.groups)}
    for report in a_run(120).reports:
        if report.problem_id != FIRST:
            continue
        again = with_worth(report, worth)
        assert again.max_score == sum(worth.values())
        if report.verdict is Verdict.JUDGE_ERROR:
            assert (again.score, again.groups) == (None, ())
            continue
        wrong = {case.group for case in report.cases if not case.accepted}
        if report.verdict in COSTS_ALL:
            wrong = set(worth)
        points = {g.name: 0 if g.name in wrong else worth[g.name] for g in report.groups}
        assert {g.name: g.points for g in again.groups} == points
        assert again.score == sum(points.values())
        assert {g.name: g.max_points for g in again.groups} == worth
        assert with_worth(again, {g.name: g.max_points for g in report.groups}) == report
        some = with_worth(report, {problem.groups[0].name: 7})
        assert some.groups[1:] == report.groups[1:]


@pytest.mark.parametrize("kind", [Kind.RULE_BROKEN, Kind.OUTPUT_LIMIT])
def test_a_verdict_that_costs_all_points_costs_the_new_ones(kind: Kind) -> None:
    report = with_verdict(a_run(), Verdict.ACCEPTED)
    void = dataclasses.replace(report, verdict=kind.verdict, kind=kind)
    assert with_worth(void, {report.groups[0].name: 9}).score == 0


# --- marks ----------------------------------------------------------------------------------------


def test_a_mark_is_set_raised_and_lowered() -> None:
    run = a_run()
    student = with_verdict(run, Verdict.WRONG_ANSWER).student
    graded = mark_of(run, student)
    assert graded is not None
    decided = decide(
        run,
        (student, FIRST, "", "-1"),
        (student, FIRST, "", "25"),
        ("", FIRST, "", "+2"),
    )
    assert mark_of(decided, student) == 26
    (mark,) = [item for item in decided.decided if item.student == student]
    assert (mark.graded, mark.score) == (graded, 26)
    assert mark.reasons == (
        f"mark from {graded} to 25: reason 3",
        "mark from 25 to 24: reason 2",
        "mark for everyone from 24 to 26: reason 4",
    )
    assert decided.reports == run.reports
    low = decide(run, (student, FIRST, "", "-99"), (student, FIRST, "", "+1"))
    assert mark_of(low, student) == 1
    assert "to 0 (-99 stops at 0): reason 2" in low.decided[0].reasons[0]


def test_everyone_is_whoever_has_a_mark_for_work() -> None:
    run = a_run()
    decided = decide(run, ("", FIRST, "", "+1"))
    assert decided.decisions_unused == ()
    for student in run.students:
        report = run.report(student, run.problems[0])
        before, after = (mark_of(r, student.id) for r in (run, decided))
        marked = report is not None and report.score is not None
        assert after == (before + 1 if marked and before is not None else before)
        assert (decided.decision(student, run.problems[0]) is not None) == marked
        assert decided.decision(student, run.problems[1]) is None


def test_a_whole_mark_is_the_way_out_of_a_judge_error_a_conflict_and_nothing() -> None:
    run = a_run()
    failed = with_verdict(run, Verdict.JUDGE_ERROR).student
    who = (failed, "conny", "nora")
    assert [mark_of(run, student) for student in who] == [None, None, 0]
    decided = decide(run, *((student, FIRST, "", "11") for student in who))
    assert [mark_of(decided, student) for student in who] == [11, 11, 11]
    assert [(d.student, d.graded) for d in decided.decided if d.student in who[1:]] == [
        ("conny", None),
        ("nora", 0),
    ]
    added = decide(run, *((student, FIRST, "", "+3") for student in who))
    assert [mark_of(added, student) for student in who] == [None, None, 3]
    assert len(added.decisions_unused) == 2
    assert (
        "line 2: it changes nothing, since the mark is not known (judge error)"
        in (added.decisions_unused[0])
    )
    assert "(conflict)" in added.decisions_unused[1]
    group = decide(run, ("conny", FIRST, run.problems[0].groups[0].name, "2"))
    assert group.decided == ()
    assert "no points for that group (conflict). Decide the whole" in group.decisions_unused[0]


def test_a_group_counts_other_points_for_all_or_for_one() -> None:
    run = a_run()
    first, second, *_ = run.problems[0].groups
    student = with_verdict(run, Verdict.ACCEPTED).student
    decided = decide(
        run,
        (student, FIRST, first.name, "-1"),
        ("", FIRST, second.purpose, "0"),
        ("", FIRST, first.name, "+3"),
    )
    assert decided.problems[1] == run.problems[1]
    assert decided.problems[0].groups[:2] == (
        dataclasses.replace(first, max_points=first.max_points + 3),
        dataclasses.replace(second, max_points=0),
    )
    assert decided.problems[0].max_score == 20 + 3 - second.max_points
    assert decided.max_score == decided.problems[0].max_score + 20
    for before, report in zip(run.reports, decided.reports, strict=True):
        if report.problem_id != FIRST:
            assert report == before
        elif report.student != student:
            worth = {group.name: group.max_points for group in decided.problems[0].groups}
            assert report == with_worth(before, worth)
            assert report.max_score == decided.problems[0].max_score
    assert mark_of(decided, student) == 20 + 3 - 1 - second.max_points
    (mark,) = [item for item in decided.decided if item.student == student]
    assert [reason.rpartition(" ")[2] for reason in mark.reasons] == ["3", "4", "2"]
    assert mark.reasons[0].startswith(f"points for “{second.purpose}” for everyone from ")


def test_a_student_is_found_by_any_name() -> None:
    run = a_run()
    student = run.students[0]
    for name in (student.id, student.name, student.email, student.canvas["SIS Login ID"], "old"):
        decided = decide(run, (name, FIRST, "", "3"), aliases={student.id: ["old"]})
        assert mark_of(decided, student.id) == 3, name
        assert decided.decisions_unused == ()


def test_nobody_and_several_are_said() -> None:
    run = a_run()
    twins = (Student("t1", "Tim Twin"), Student("t2", "Tim Twin"))
    run = dataclasses.replace(run, students=(*run.students, *twins))
    decided = decide(run, ("cony", FIRST, "", "3"), ("Tim Twin", FIRST, "", "3"))
    assert decided.decided == ()
    nobody, several = decided.decisions_unused
    assert nobody.startswith(f"{FILE}, line 2: there is no student cony. The nearest: conny")
    assert several == f"{FILE}, line 3: Tim Twin fits several students: t1, t2. Write an id."


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([("nora", "vit", "", "3")], f"line 2: there is no problem vit. Write one of.*{FIRST}"),
        ([("nora", "", "", "3")], "line 2: no problem. Write one of these"),
        ([("nora", IDS[1], "squares", "3")], "line 2: .* no group squares. The nearest: square"),
        ([("", IDS[1], "qqqqqq", "3")], "line 2: .* no group qqqqqq. Its groups: square, tall"),
        (
            [("nora", FIRST, "", "3"), ("Nora Nothing", FIRST, "", "4")],
            "line 3: line 2 sets the same points. Delete one",
        ),
        ([("", IDS[1], "tall", "0"), ("", IDS[1], "tall", "0")], "line 3: line 2"),
        ([("nora", IDS[1], "tall", "0"), ("nora", IDS[1], "tall", "1")], "line 3: line 2"),
    ],
)
def test_what_would_change_other_marks_is_refused(
    lines: Sequence[tuple[str, str, str, str]], said: str
) -> None:
    with pytest.raises(DecisionsError, match=f"{FILE}, {said}"):
        decide(a_run(), *lines)


def test_a_run_of_one_problem_needs_no_problem() -> None:
    run = dataclasses.replace(a_run(), problems=(of(FIRST),))
    assert mark_of(decide(run, ("nora", "", "", "3")), "nora") == 3


def test_a_group_that_an_older_report_lacks_is_said() -> None:
    run = a_run()
    report = with_verdict(run, Verdict.ACCEPTED)
    old = dataclasses.replace(report, groups=report.groups[1:])
    run = dataclasses.replace(run, reports=(old,))
    decided = decide(run, (old.student, FIRST, report.groups[0].name, "1"))
    assert "no points for that group (accepted)" in decided.decisions_unused[0]


GROUPS = [group.name for group in of(FIRST).groups]
NUMBERS = st.integers(0, 30).map(str) | st.integers(-30, 30).map("{:+}".format)
CHANGES = st.integers(-30, 30).map("{:+}".format)
WHO = st.integers(0, 13)
LINES = st.lists(
    st.tuples(WHO, st.just(""), NUMBERS)
    | st.tuples(WHO, st.sampled_from(GROUPS), NUMBERS)
    | st.tuples(st.none(), st.sampled_from(GROUPS), NUMBERS)
    | st.tuples(st.none(), st.just(""), CHANGES),
    max_size=8,
    unique_by=lambda line: line if line[2][0] in "+-" else line[:2],
)


@given(LINES, st.integers(0, 5), st.randoms())
@examples(150)
def test_marks_add_up(lines: list[tuple[int | None, str, str]], seed: int, random: object) -> None:
    run = a_run(12, seed)
    ids = [student.id for student in run.students]
    named = [("" if who is None else ids[who], FIRST, g, points) for who, g, points in lines]
    decided = decide(run, *named)
    assert decided.max_score == sum(problem.max_score for problem in decided.problems)
    for problem in decided.problems:
        assert problem.max_score == sum(group.max_points for group in problem.groups)
    for report in decided.reports:
        if report.score is not None:
            assert report.score == sum(group.points for group in report.groups)
            assert report.max_score == sum(group.max_points for group in report.groups)
    for student in decided.students:
        scores = []
        for problem in decided.problems:
            found, score = decided.report(student, problem), decided.score(student, problem)
            scores.append(score)
            mark = found.score if found else run.score(student, problem)
            marked = found is not None and found.score is not None
            fits = {student.id, ""} if marked else {student.id}
            about = [
                points
                for who, problem_id, group, points in named
                if problem_id == problem.id and not group and who in fits
            ]
            for points in sorted(about, key=lambda points: points[0] in "+-"):
                if points[0] not in "+-":
                    mark = int(points)
                elif mark is not None:
                    mark = max(0, mark + int(points))
            assert score == mark
            if decided.decision(student, problem) is None:
                assert score == run.score(student, problem)
        total, incomplete = decided.total(student)
        assert (total, incomplete) == (sum(s or 0 for s in scores), None in scores)
    # The order of rows matters only among those that add.
    fixed = [line for line in named if line[3][0] not in "+-"]
    random.shuffle(fixed)  # type: ignore[attr-defined]
    rest = [line for line in named if line[3][0] in "+-"]
    again = decide(run, *rest, *fixed)
    assert again.reports == decided.reports
    assert again.problems == decided.problems
    marks = [[(d.student, d.graded, d.score) for d in r.decided] for r in (decided, again)]
    assert marks[0] == marks[1]


def test_the_example_in_the_docs_can_be_applied(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "instructors.md").read_text("utf-8")
    (example,) = re.findall(r"^```csv\n(.*?)^```$", page, re.S | re.M)
    decisions = read(tmp_path, example.encode())
    run = a_run(40)
    class_of_three = (
        ("bela", "Bela", ""),
        ("chen", "Chen", "chen@example.edu"),
        ("ff", "Fay Fischer"),
    )
    people = (*run.students, *(Student(*names) for names in class_of_three))
    reports = tuple(
        dataclasses.replace(with_verdict(run, Verdict.ACCEPTED), student=student)
        for student in ("chen", "ff")
    )
    run = dataclasses.replace(run, students=people, reports=(*run.reports, *reports))
    decided = apply_decisions(run, decisions, {})
    assert decided.decisions_unused == ()
    marks = mark_of(decided, "bela", IDS[1]), mark_of(decided, "chen"), mark_of(decided, "ff")
    assert marks == (17, 19, 21)
    assert [problem.max_score for problem in decided.problems] == [20, 20]


# --- the outputs ----------------------------------------------------------------------------------


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline="")))


def test_every_output_has_the_mark_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    run = a_run()
    worked = with_verdict(run, Verdict.WRONG_ANSWER).student
    first = run.problems[0].groups[0]
    decided = decide(
        run,
        ("nora", FIRST, "", "23"),
        (worked, FIRST, first.name, "7"),
        ("conny", FIRST, "", "12"),
    )
    why = {student: f"reason {line}" for line, student in enumerate(("nora", worked, "conny"), 2)}
    marks = {"nora": 23, worked: mark_of(decided, worked), "conny": 12}
    book = {row["student"]: row for row in rows_of(gradebook_csv(decided))}
    lines = {
        line["student"]: line
        for line in map(json.loads, results_jsonl(decided).splitlines())
        if line["problem"] == FIRST
    }
    canvas = {row["ID"]: row for row in rows_of(canvas_csv(decided, {FIRST: 4}).text)}
    junit = {
        element.get("name"): element.get("value")
        for element in ElementTree.fromstring(junit_xml(decided))[0].iter("property")
    }
    page = str(class_page(decided))
    for number, student in enumerate(decided.students, 1):
        if student.id not in why:
            assert book.get(student.id, {}).get(f"{FIRST} decided", "") == ""
            continue
        reason, mark = why[student.id], marks[student.id]
        assert book[student.id][f"{FIRST} score"] == str(mark)
        assert reason in book[student.id][f"{FIRST} decided"]
        assert lines[student.id]["score"] == mark
        assert lines[student.id]["graded_score"] == mark_of(run, student.id)
        assert reason in lines[student.id]["decided"]
        row = canvas[student.canvas["ID"]]
        assert row[f"{run.problems[0].title} (4)"] == str(mark)
        assert junit[f"{student.id}.score"] == str(mark)
        assert reason in (junit[f"{student.id}.decided"] or "")
        html = str(student_page(decided, number))
        assert reason in html
        assert f"{mark} of 20" in re.sub("<[^>]*>", "", html)
        assert reason in page
        print_explained(Terminal(), student, decided)
        said = capsys.readouterr().out
        assert f"{mark} of 20 points" in said
        assert re.search(f"By hand: .*{reason}", said)
    print_table(Terminal(), decided.reports, (), decided.decided)
    shown = capsys.readouterr().out
    assert f"{marks[worked]}/20 " in re.search(rf"(?m)^{re.escape(worked)} .*$", shown)[0]  # type: ignore[index]
    assert f"  By hand: points for “{first.purpose}” from " in shown
    points = [json.loads(line) for line in groups_jsonl(decided).splitlines()]
    key = (worked, FIRST, first.name)
    (group,) = [p for p in points if (p["student"], p["problem"], p["group"]) == key]
    assert (group["points"], group["max_points"]) == (7, first.max_points)
    document = to_json(decided)
    jsonschema.validate(json.loads(document), json.loads(SCHEMA_FILE.read_text()))
    assert from_json(document, Run).decided == decided.decided


def test_a_group_that_is_left_out_is_right_only_if_its_cases_are() -> None:
    run = a_run()
    report = with_verdict(run, Verdict.WRONG_ANSWER)
    wrong = next(case.group for case in report.cases if not case.accepted)
    right = next(group.name for group in report.groups if group.points)
    decided = decide(run, ("", FIRST, wrong, "0"), (report.student, FIRST, right, "0"))
    number = [student.id for student in run.students].index(report.student) + 1
    purpose = next(group.purpose for group in report.groups if group.name == wrong)
    assert f"✗ {purpose}" in str(student_page(decided, number)).replace("&#39;", "'")
    suite = ElementTree.fromstring(junit_xml(decided))
    names = [t.get("name") for t in suite.iter("testcase") if t.find("failure") is not None]
    assert f"{report.student}: {wrong}" in names
    assert f"{report.student}: {right}" not in names


def test_the_chart_of_marks_has_those_by_hand_too() -> None:
    run = dataclasses.replace(a_run(), problems=(of(FIRST),))
    student = with_verdict(run, Verdict.WRONG_ANSWER).student
    assert "25 points: 1 student" not in str(class_page(run))
    assert "25 points: 1 student" in str(class_page(decide(run, (student, FIRST, "", "25"))))


def test_hostile_reasons_are_inert_in_pages_and_cells() -> None:
    run = dataclasses.replace(a_run(2), problems=(of(FIRST),))
    for text in HOSTILE:
        decision = Decision(2, "nora", FIRST, "", 3, False, text)
        decided = apply_decisions(run, [decision], {})
        number = [student.id for student in run.students].index("nora") + 1
        for page in (str(student_page(decided, number)), str(class_page(decided))):
            assert "alert(1)</script>" not in page
            assert "<img src=x" not in page
        for row in csv.reader(io.StringIO(gradebook_csv(decided), newline="")):
            assert not any(re.match(r"\s*[=+@-]", cell) for cell in row)
