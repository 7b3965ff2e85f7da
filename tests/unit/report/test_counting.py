"""A class over several commands: nothing is lost, and the right submission counts."""

from __future__ import annotations

import operator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.class_states import PROBLEM, received
from support.fuzzing import examples
from support.synthetic import synthetic_run

from grader.report.class_state import ClassState, Received
from grader.report.counting import what_counts
from grader.report.make_run import make_run
from grader.report.report import Report
from grader.report.run import GradedProblem, Run
from grader.submissions import Identity, NotUnderstood
from grader.submissions.join_roster import with_former_names
from grader.submissions.read_roster import Roster
from grader.submissions.roster import Student
from grader.submissions.times import OWN_TIME

EMPTY = ClassState(1, problems=(GradedProblem(PROBLEM, "Patches", 20),))
DAY = 86_400.0


def after(state: ClassState, named: str, *items: Received) -> ClassState:
    return state.with_command(tuple(named.split()), items, (), ())


def counting(state: ClassState) -> dict[str, list[str | None]]:
    """By the student: the bytes of what counts."""
    found: dict[str, list[str | None]] = {}
    for item, submission in what_counts(state).work:
        found.setdefault(submission.student, []).append(item.sha256)
    return found


def test_late_work_is_added_and_a_newer_submission_replaces_the_older() -> None:
    state = after(EMPTY, "class", received("ada", "1"), received("bo", "2"))
    state = after(state, "late.zip", received("bo", "3", modified=DAY), received("cy", "4"))
    assert counting(state) == {"ada": ["1"], "bo": ["3"], "cy": ["4"]}
    assert [(s, item.sha256) for s, item in what_counts(state).replaced] == [("bo", "2")]


def test_older_work_that_is_graded_later_does_not_count() -> None:
    state = after(EMPTY, "late", received("ada", "new", modified=DAY))
    state = after(state, "class", received("ada", "old", modified=0.0))
    assert counting(state) == {"ada": ["new"]}
    assert [item.sha256 for _, item in what_counts(state).replaced] == ["old"]
    orders = after(EMPTY, "a", received("ada", "new", order=(2, 1)))
    orders = after(orders, "b", received("ada", "old", order=(1, 9), modified=DAY))
    assert counting(orders) == {"ada": ["new"]}, "the learning system knows better than a file"


def test_the_later_command_counts_if_nothing_says_which_is_newer() -> None:
    state = after(EMPTY, "a", received("ada", "1", modified=30.0))
    assert counting(after(state, "b", received("ada", "2"))) == {"ada": ["2"]}


@pytest.mark.parametrize("again", ["class", "class (1).zip", "class2"])
def test_older_work_that_is_found_again_does_not_count(again: str) -> None:
    """Also if a copy or a new download has given it a later time of its own."""
    for later in (0.0, 9 * DAY if again == "class2" else 0.0):
        state = after(EMPTY, "class", received("ada", "old", said_by=OWN_TIME))
        state = after(state, "late", received("ada", "new", modified=later and DAY))
        state = after(state, again, received("ada", "old", modified=later, said_by=OWN_TIME))
        assert counting(state) == {"ada": ["new"]}
        assert [item.sha256 for _, item in what_counts(state).replaced] == ["old"]


def test_a_conflict_stays_if_old_work_is_found_after_it() -> None:
    roster = Roster((Student("7", "Ada Ek"),))
    two = received("7", "1", modified=DAY), received("Ada Ek", "2", modified=DAY)
    state = after(replace(EMPTY, roster=roster), "class", *two)
    state = after(state, "older", received("7", "0"))
    assert counting(state) == {"7 (as handed in)": ["1"], "Ada Ek": ["2"]}


def test_a_file_that_is_gone_from_a_folder_below_does_not_come_back() -> None:
    state = after(EMPTY, "class/ada", received("ada", "new", modified=DAY))
    assert counting(after(state, "class", received("ada", "old"))) == {"ada": ["old"]}
    assert counting(after(state, "cl", received("ada", "old"))) == {"ada": ["new"]}


def test_the_order_of_commands_is_not_that_of_the_problems() -> None:
    other = GradedProblem("a_problem", "A", 3)
    assert [item.id for item in EMPTY.with_problems([other]).problems] == ["a_problem", PROBLEM]


def test_a_file_that_is_gone_from_its_place_does_not_come_back() -> None:
    state = after(EMPTY, "class", received("ada", "new", modified=DAY))
    state = after(state, "class", received("ada", "old"))
    assert counting(state) == {"ada": ["old"]}
    state = after(state, "class more", received("ada", "other", modified=-DAY))
    assert counting(state) == {"ada": ["other"]}


def test_what_was_found_before_stays_if_its_place_is_empty() -> None:
    state = after(after(EMPTY, "class", received("ada", "1")), "class", received("bo", "2"))
    assert counting(state) == {"ada": ["1"], "bo": ["2"]}


def test_a_conflict_ends_when_one_of_two_is_removed() -> None:
    roster = Roster((Student("7", "Ada Ek"),))
    two = received("7", "1"), received("Ada Ek", "2")
    state = after(replace(EMPTY, roster=roster), "class", *two)
    run = make_run(state, reports_on(*two))
    assert [item.words for item in run.matching.unclear] == ["conflict"]
    assert run.score(run.students[0], run.problems[0]) is None
    state = after(state, "class", two[1])
    assert counting(state) == {"7": ["2"]}


def test_another_name_for_the_same_file_is_the_same_submission() -> None:
    """As with --pattern, which reads names in another way."""
    state = after(EMPTY, "class", received("section1", "1", file="class/a.py", reports=("x",)))
    state = after(state, "class", received("ada", "1", file="class/a.py", reports=("y",)))
    assert counting(state) == {"ada": ["1"]}
    assert state.received[0].reports == ("y",), "the report x is on another student's work"


def test_files_that_are_others_now_are_not_also_those_of_who_had_them() -> None:
    """As after a wrong --pattern, which took the files of all for those of one, or the reverse."""
    one = replace(received("sec1", "12"), files=("class/a.py", "class/b.py"))
    each = received("a", "1", file="class/a.py"), received("b", "2", file="class/b.py")
    for first, then in (([one], each), (each, [one])):
        state = after(after(EMPTY, "class", *first), "class", *then)
        assert counting(state) == {item.student: [item.sha256] for item in then}
        state = after(after(EMPTY, "class", *first), "late", *then)
        assert len(counting(state)) == 3, "another place"
    state = after(after(EMPTY, "class", one), "class", each[0])
    assert counting(state) == {"a": ["1"], "sec1": ["12"]}, "nothing says whose the rest is"


def test_a_roster_that_comes_later_renames_students_and_loses_nobody() -> None:
    of_ada = received("lovelaceada_7", "1", identity=Identity(number="7"))
    state = after(EMPTY, "class", of_ada, received("bo", "2"))
    assert counting(state) == {"lovelaceada_7": ["1"], "bo": ["2"]}
    state = replace(state, roster=Roster((Student("ada", "Ada Lovelace", number="7"),)))
    assert counting(state) == {"ada": ["1"], "bo": ["2"]}
    run = make_run(state, reports_on(*state.received))
    assert [item.student for item in run.reports] == ["ada", "bo"]
    assert run.matching.unmatched == ("bo",)


@pytest.mark.parametrize(
    "new",
    [
        Student("7", "Ada King"),
        Student("8", "Ada Ek"),
        Student("ada.ek", "Ada King", "a@b.c"),
    ],
    ids=["name", "id", "login"],
)
def test_who_has_another_name_in_a_new_roster_keeps_the_work(new: Student) -> None:
    old = Roster((Student("7", "Ada Ek", "a@b.c"), Student("9", "Bo")))
    for name in ("7", "Ada Ek"):
        state = after(replace(EMPTY, roster=old), "class", received(name, "1"))
        roster = with_former_names(Roster((new, Student("9", "Bo"))), old)
        assert counting(replace(state, roster=roster)) == {new.id: ["1"]}
        again = with_former_names(Roster((replace(new, name="Ada Lee"),)), roster)
        assert counting(replace(state, roster=again)) == {new.id: ["1"]}


def test_nobody_gets_the_work_of_another_if_ids_are_numbers_of_rows() -> None:
    old = Roster((Student("1", "Ada Ek"), Student("2", "Bo Yi"), Student("3", "Cy Fo")))
    new = with_former_names(Roster((Student("1", "Bo Yi"), Student("2", "Cy Fo"))), old)
    state = after(replace(EMPTY, roster=new), "class", received("Bo Yi"), received("Cy Fo"))
    assert counting(state) == {"1": ["0"], "2": ["0"]}
    assert [student.former for student in new.students] == [("Ada Ek",), ("3",)]


def test_work_without_a_report_is_not_graded_yet_and_no_zero() -> None:
    state = after(EMPTY, "class", received("ada", "1"), received("bo", "2"))
    run = make_run(state, reports_on(state.received[1]))
    ada, bo = run.students
    assert run.words(ada, run.problems[0]) == "not graded yet"
    assert run.score(ada, run.problems[0]) is None
    assert run.score(bo, run.problems[0]) is not None


def test_an_old_report_counts_until_there_is_a_new_one() -> None:
    """The grader changed, so a command would make another: it was stopped before it did."""
    state = after(EMPTY, "class", received("ada", "1", reports=("old",)))
    state = after(state, "class", received("ada", "1", reports=("new",)))
    (old,) = reports_on(*state.received).values()
    new = replace(old, message="new")
    assert make_run(state, {"old": old}).reports[0].message == old.message
    assert make_run(state, {"old": old, "new": new}).reports[0].message == "new"


def test_what_was_passed_over_is_remembered_and_said_once() -> None:
    pdf = NotUnderstood(Path("bo.pdf"), "neither a .py nor a .ipynb file")
    other = NotUnderstood(Path("cy.pdf"), "neither a .py nor a .ipynb file")
    state = EMPTY.with_command(("class",), [], [pdf], ["a folder for each student"])
    state = state.with_command(("again",), [], [pdf], ["a folder for each student"])
    state = state.with_command(("late",), [], [other], [])
    run = make_run(state, {})
    assert [str(item.path) for item in run.not_understood] == ["bo.pdf", "cy.pdf"]
    assert run.choices == ("a folder for each student",)
    assert make_run(state.with_command(("late",), [], [], []), {}).not_understood == (pdf,)


def test_only_a_report_on_the_work_itself_counts() -> None:
    state = after(EMPTY, "class", received("ada", "1"))
    ((name, report),) = reports_on(*state.received).items()
    assert make_run(state, {name: report}).reports
    read_nothing = replace(report, sha256=None, groups=())
    assert make_run(state, {name: read_nothing}).reports
    for other in (
        replace(report, student="bo"),
        replace(report, problem_id="another"),
        replace(report, sha256="2"),
        replace(report, sha256=None),
    ):
        run = make_run(state, {name: other})
        assert [item.words for item in run.matching.unclear] == ["not graded yet"]


def reports_on(*items: Received) -> dict[str, Report]:
    """A report on each, by its name."""
    accepted = next(
        report
        for report in synthetic_run(120).reports
        if report.problem_id == PROBLEM and report.score
    )
    return {
        item.reports[0]: replace(accepted, student=item.student, sha256=item.sha256)
        for item in items
    }


ITEMS = st.builds(
    received,
    st.sampled_from("abc"),
    st.sampled_from("0123") | st.none(),
    file=st.sampled_from(["", "one.py", "two.py"]),
    modified=st.sampled_from([0.0, DAY, 2 * DAY]),
    order=st.sampled_from([(), (1,), (2,)]),
)
OF_WHOM = operator.attrgetter("student", "problem_id")
PLACE = operator.attrgetter("files")  # a file is one student's
COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["class", "late", "class late"]),
        st.lists(ITEMS, max_size=4, unique_by=(OF_WHOM, PLACE)),
    ),
    min_size=1,
    max_size=6,
)


@given(COMMANDS)
@examples(300)
def test_whoever_handed_in_counts_once_and_never_as_nothing(
    commands: list[tuple[str, list[Received]]],
) -> None:
    state = EMPTY
    handed_in: set[tuple[str, str | None]] = set()
    for named, items in commands:
        before = {(item.student, item.sha256) for item in state.received}
        known = state.received
        state = after(state, named, *items)
        handed_in |= {(item.student, item.sha256) for item in items}
        there = {(item.student, item.sha256) for item in state.received}
        assert there >= {(item.student, item.sha256) for item in items}
        gone = before - there  # only the same files under another name
        places = {file for item in items for file in item.files}
        assert all(
            places.issuperset(old.files) for old in known if (old.student, old.sha256) in gone
        )
    found = what_counts(state)
    assert len(found.work) + len(found.replaced) == len(state.received)
    run: Run = make_run(state, {})
    students = {item.student for item in state.received}
    assert {student.id for student in run.students} == students
    assert all(run.score(student, run.problems[0]) is None for student in run.students)
    assert set(counting(state)) == students
    assert all(len(items) == 1 for items in counting(state).values())
    # The same command again changes nothing.
    named, items = commands[-1]
    assert counting(after(state, named, *items)) == counting(state)


@pytest.mark.parametrize("again", [1, 2])
def test_reports_come_in_the_order_of_the_class(again: int) -> None:
    state = EMPTY
    for _ in range(again):
        state = after(state, "class", received("b", "1"), received("a", "2"))
    run = make_run(state, reports_on(*state.received))
    assert [item.student for item in run.reports] == ["a", "b"]
