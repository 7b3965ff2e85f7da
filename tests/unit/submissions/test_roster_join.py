"""A class: submissions under the ids of a roster, what does not fit, and the plan of a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report.run import GradedProblem
from grader.submissions import Identity, NotUnderstood, Submission
from grader.submissions.join_roster import Class, join_roster
from grader.submissions.read_roster import Roster
from grader.submissions.roster import Matching, Student
from grader.writers.matching import matching_lines
from grader.writers.plan import print_plan
from grader.writers.terminal import Terminal

ADA = Student("ada", "Ada Lovelace", "ada.l@example.org")
BO = Student("bo", "Bo Ek", "b.ek@example.org", number="102")
CY = Student("cy", "Cy Young")


def submission(student: str, problem: str = "p", *notes: str) -> Submission:
    return Submission(student, Path("class") / student / f"{problem}.py", problem, notes)


def join(
    roster: list[Student],
    found: list[Submission],
    not_understood: list[NotUnderstood] | None = None,
) -> Class:
    return join_roster(Roster(roster), found, not_understood or [], ["p", "q"])


def unclear(joined: Class) -> list[tuple[str, str, str]]:
    return [(one.student, one.problem_id, one.words) for one in joined.matching.unclear]


def test_everyone_is_there_once() -> None:
    names = ("ekbo_102", "zoe", "ada", "ed")
    handed_in = [submission(name, "q" if name == "ada" else "p") for name in names]
    joined = join([CY, BO, ADA], handed_in)
    assert [one.student for one in joined.submissions] == ["bo", "zoe", "ada", "ed"]
    assert [one.path for one in joined.submissions] == [one.path for one in handed_in]
    assert joined.students == [CY, BO, ADA, Student("ed"), Student("zoe")]
    assert joined.choices == ("1 matched with the roster by full name, such as 'ekbo_102' = bo.",)
    assert joined.matching == Matching(
        unmatched=("zoe", "ed"),
        absent=("cy",),
        not_in_roster=("ed", "zoe"),
    )
    assert list(matching_lines(joined.matching)) == [
        '2 submissions match nobody in the roster: "zoe", "ed".',
        '1 of the roster has handed in nothing: "cy".',
    ]


def test_without_a_roster_nothing_is_matched_and_nothing_said() -> None:
    joined = join([], [submission("ada"), submission("ada_1"), submission("ADA")])
    assert joined.students == [Student("ADA"), Student("ada"), Student("ada_1")]
    assert (joined.matching, joined.choices) == (Matching(), ())


def test_one_student_under_two_names_is_one() -> None:
    joined = join([BO], [submission("ekbo_102", "p"), submission("Bo Ek", "q")])
    assert [one.student for one in joined.submissions] == ["bo", "bo"]
    assert joined.students == [BO]
    assert joined.matching == Matching()


def test_other_files_of_a_student_go_with_the_first() -> None:
    one = Submission("Bo Ek", Path("a/p.py"), "p", others=(submission("Bo Ek"),))
    (joined,) = join([BO], [one]).submissions
    assert [other.student for other in joined.others] == ["bo"]


def test_two_sources_for_one_row_are_a_conflict_that_is_shown() -> None:
    found = [submission("Bo Ek"), submission("bo"), submission("bo", "q")]
    joined = join([BO], found)
    assert [(one.student, one.problem_id) for one in joined.submissions] == [
        ("Bo Ek", "p"),
        ("bo (as handed in)", "p"),
        ("bo", "q"),
    ]
    assert joined.students == [BO, Student("Bo Ek"), Student("bo (as handed in)")]
    note = '"Bo Ek" and "bo" are both "bo" in the roster. It is marked under its own name.'
    assert [one.notes for one in joined.submissions] == [(note,), (note,), ()]
    (why,) = joined.matching.unclear
    assert (why.student, why.problem_id, why.words) == ("bo", "p", "conflict")
    assert why.why == (
        '2 submissions. Remove all but one and grade again: "Bo Ek (class/Bo Ek/p.py)", '
        '"bo (class/bo/p.py)"'
    )
    assert list(matching_lines(joined.matching)) == [
        '1 student has a conflict of submissions: "bo".'
    ]
    assert (joined.matching.absent, joined.matching.unmatched) == ((), ())
    assert joined.matching.not_in_roster == ("Bo Ek", "bo (as handed in)")


def test_a_conflict_in_two_problems_makes_one_row_of_each_source() -> None:
    found = [submission(name, problem) for name in ("Bo Ek", "bo") for problem in ("p", "q")]
    assert [s.id for s in join([BO], found).students] == ["bo", "Bo Ek", "bo (as handed in)"]


def test_a_name_that_fits_several_is_said() -> None:
    joined = join([Student("1", "Kim"), Student("2", "Kim")], [submission("Kim")])
    (one,) = joined.submissions
    assert one.student == "Kim"
    assert one.notes == (
        '"Kim" fits several of the roster by full name: "1", "2". It is marked under its own name.',
    )
    assert joined.matching.unmatched == ("Kim",)
    assert joined.matching.absent == (), "one of the two handed it in"
    assert [(one.student, one.words) for one in joined.matching.unclear] == [
        ("1", "conflict"),
        ("2", "conflict"),
    ]


def test_a_name_that_is_another_s_id_never_takes_that_row() -> None:
    found = Submission("1", Path("x/p.py"), "p", identity=Identity(login="2"))
    same = submission("1 (as handed in)")
    joined = join([Student("1"), Student("2")], [found, same])
    assert [one.student for one in joined.submissions] == ["1 (as handed in)~", "1 (as handed in)"]
    assert joined.matching.absent == (), "it may be either's"
    assert {one.student for one in joined.matching.unclear} == {"1", "2"}


@pytest.mark.parametrize(
    "found",
    [
        Submission("studenttest_55", Path("x/p.py"), "p"),
        Submission("x", Path("x/p.py"), "p", identity=Identity("", "", "5", "studenttest")),
        Submission("x", Path("x/p.py"), "p", identity=Identity("", "", "5", "Student, Test")),
    ],
)
@pytest.mark.parametrize("roster", [[], [ADA]])
def test_the_test_student_of_canvas_is_left_out(found: Submission, roster: list[Student]) -> None:
    joined = join(roster, [found, submission("ada")])
    assert [one.student for one in joined.submissions] == ["ada"]
    assert joined.choices == (f'The test student of Canvas is left out: "{found.student}".',)
    assert joined.matching == Matching()


def test_a_student_of_the_roster_may_have_its_name() -> None:
    joined = join([Student("studenttest_55")], [submission("studenttest_55"), submission("test")])
    assert [one.student for one in joined.submissions] == ["studenttest_55", "test"]


# --- what could not be read -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        NotUnderstood(Path("class/cy"), "no file"),
        NotUnderstood(Path("class/cy.zip"), "it is damaged"),
        NotUnderstood(Path("class/cy/work.zip"), "it is damaged"),
        NotUnderstood(Path("class/Young, Cy/essay.pdf"), "no code"),
        NotUnderstood(Path("class/x"), "no file", {"Cy Young": Identity()}),
        NotUnderstood(Path("class/x"), "no file", {"x": Identity(login="CY")}),
    ],
)
def test_who_has_something_that_could_not_be_read_has_not_handed_in_nothing(
    item: NotUnderstood,
) -> None:
    joined = join([ADA, BO, CY], [submission("ada")], [item])
    assert unclear(joined) == [("cy", "p", "could not be read"), ("cy", "q", "could not be read")]
    assert {one.why for one in joined.matching.unclear} == {f"{item.path}: {item.why}"}
    assert joined.matching.absent == ("bo",)
    assert list(matching_lines(joined.matching)) == [
        '1 of the roster has handed in nothing: "bo".',
        '1 student has something that could not be read: "cy".',
    ]


def test_what_was_passed_over_for_another_file_is_no_work_that_could_not_be_read() -> None:
    note = "ada/p.py is for this problem too and was not graded."
    joined = join([ADA], [submission("ada", "p", note)], [NotUnderstood(Path("ada/p.py"), note)])
    assert unclear(joined) == []


def test_what_could_not_be_read_counts_for_the_problems_without_a_submission() -> None:
    damaged = NotUnderstood(Path("class/ada/q.zip"), "it is damaged", {"ada": Identity()})
    assert unclear(join([ADA], [submission("ada")], [damaged])) == [
        ("ada", "q", "could not be read")
    ]
    assert unclear(join([], [submission("ada")], [damaged])) == [("ada", "q", "could not be read")]


NAME = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9)
PEOPLE = st.lists(
    st.builds(Student, NAME.map(str.strip).filter(bool), NAME, NAME),
    max_size=5,
    unique_by=lambda student: student.id,
)
FOUND = st.lists(
    st.tuples(st.sampled_from("pq"), NAME | st.sampled_from(["a", "A", "b", "a (class/a/p.py)"])),
    unique=True,
    max_size=8,
)


@given(PEOPLE, FOUND, st.lists(st.builds(Path, NAME.filter(bool)), max_size=3))
def test_whatever_they_are_called_each_is_one_student_s(
    people: list[Student], found: list[tuple[str, str]], paths: list[Path]
) -> None:
    rest = [NotUnderstood(path, "it is damaged") for path in paths]
    joined = join(people, [submission(name, problem) for problem, name in found], rest)
    keys = [(one.student, one.problem_id) for one in joined.submissions]
    assert len(set(keys)) == len(keys) == len(found)
    ids = [student.id for student in joined.students]
    assert joined.students[: len(people)] == people
    assert len(set(ids)) == len(ids)
    assert {one.student for one in joined.submissions} <= set(ids)
    # Everyone in the roster is in one of three lists.
    there = {student for student, _ in keys}
    unclear = {one.student for one in joined.matching.unclear}
    absent = set(joined.matching.absent)
    assert {student.id for student in people} <= there | unclear | absent
    assert not absent & (there | unclear)
    assert not {(one.student, one.problem_id) for one in joined.matching.unclear} & set(keys)
    lines = list(matching_lines(joined.matching))
    assert bool(lines) == bool(joined.matching.unmatched or absent or joined.matching.unclear)
    # The students of the class are the roster, and those who are not in it.
    others = joined.matching.not_in_roster
    assert [*ids[len(people) :]] == [*others] or not people


# --- the plan -------------------------------------------------------------------------------------


def plan(
    capsys: pytest.CaptureFixture[str],
    students: list[Student],
    submissions: list[Submission],
    others: list[NotUnderstood],
) -> list[str]:
    problems = [GradedProblem("p", "P", 20), GradedProblem("q", "Q", 20)]
    joined = join(students, submissions, others)
    print_plan(
        Terminal(), joined.students, problems, joined.submissions, others, (), joined.matching
    )
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


def test_a_plan_says_what_was_found_for_whom(capsys: pytest.CaptureFixture[str]) -> None:
    note = "ada/p.py is for this problem too and was not graded: ada/p.ipynb is newer."
    lines = plan(
        capsys,
        [ADA, BO],
        [submission("ada", "p", note)],
        [NotUnderstood(Path("ada/p.py"), note), NotUnderstood(Path("x.zip"), "no file")],
    )
    assert lines[0].split() == ["student", "p", "q"]
    assert lines[2:] == [
        "ada (Ada Lovelace)  ada/p.py  nothing",
        f"  {note}",
        "bo (Bo Ek)          nothing   nothing",
        "",
        "Not understood: x.zip: no file",
        "",
        '1 of the roster has handed in nothing: "bo".',
        "",
        "Students: 2, of whom 1 handed in nothing. Submissions: 1 (p 1, q 0). Not understood: 1.",
    ]


def test_a_plan_shows_conflicts_and_what_could_not_be_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = plan(
        capsys,
        [ADA, BO],
        [submission("Bo Ek"), submission("ek, bo")],
        [NotUnderstood(Path("class/ada"), "no code here")],
    )
    assert lines[2:4] == [
        "ada (Ada Lovelace)  could not be read  could not be read",
        "bo (Bo Ek)          conflict           nothing",
    ]
    assert '1 student has a conflict of submissions: "bo".' in lines
    assert '1 student has something that could not be read: "ada".' in lines
    said = " ".join(" ".join(lines).split())  # lines are wrapped
    assert 'bo: conflict: 2 submissions. Remove all but one and grade again: "Bo Ek (' in said
    assert "ada: could not be read: class/ada: no code here" in said
    assert lines[-1].startswith("Students: 2, of whom 0 handed in nothing.")


def test_names_in_a_plan_stay_in_their_lines(capsys: pytest.CaptureFixture[str]) -> None:
    evil = "\x1b[2J\nada" + "漢" * 60 + "[red]z"
    students = [Student(evil, evil), Student("bo")]
    lines = plan(
        capsys,
        students,
        [submission(evil, "p", f"note {evil}"), submission("bo", "q")],
        [NotUnderstood(Path(evil), evil)],
    )
    assert "\x1b" not in "".join(lines)
    assert lines[-1].startswith("Students: 2, of whom 0 handed in nothing. Submissions: 2")
