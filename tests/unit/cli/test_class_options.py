"""What a command says of a new roster."""

from __future__ import annotations

from argparse import Namespace

from grader.cli.class_options import with_class_options
from grader.report.class_state import ClassState
from grader.submissions.read_roster import Roster
from grader.submissions.roster import Student


def test_a_new_roster_says_who_has_another_id_or_name_and_who_is_new_or_gone() -> None:
    old = Student("1", "Ada Ek"), Student("2", "Bo Yi"), Student("3", "Cy Fo")
    new = Roster((Student("1", "Ada King"), Student("bo", "Bo Yi"), Student("4", "Di Go")))
    options = Namespace(canvas=[], due=None)
    state, said = with_class_options(ClassState(1, roster=Roster(old)), options, new)
    assert said == [
        "The new roster: 1 new: 4.",
        "The new roster: 1 no longer in it: 3.",
        "The new roster: 1 with another id: 2 → bo.",
        "The new roster: 1 with another name: 1 (Ada Ek → Ada King).",
    ]
    assert [student.former for student in state.roster.students] == [("Ada Ek",), ("2",), ()]
