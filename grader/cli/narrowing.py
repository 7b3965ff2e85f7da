"""What a command grades of its class: by --problem, --only, and what it found."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..common.errors import UsageError
from ..common.text import quote, visible
from ..course.catalogue import Entry
from ..grading.receive import Batch
from ..report.class_state import ClassState
from ..submissions import Submission
from ..submissions.find_student import find_student, no_student


def problems_of_class(
    options: argparse.Namespace,
    asked: Sequence[Entry],
    state: ClassState,
    found: Sequence[Submission],
) -> Sequence[Entry]:
    """Without --problem, a later command adds no problem for which it found nothing."""
    if options.problem or not state.commands:
        return asked
    ids = {problem.id for problem in state.problems} | {item.problem_id for item in found}
    return [entry for entry in asked if entry.id in ids]


def narrowed_batch(options: argparse.Namespace, batch: Batch, asked: Sequence[Entry]) -> Batch:
    """What is to be graded of what was found. Raises UsageError if --only names nobody."""
    ids = [entry.id for entry in asked]
    if options.only is None:
        return batch.narrowed(ids, None)
    by_id = batch.counting.aliases().items()
    aliases = {name: student for student, names in by_id for name in names}
    student = find_student(options.only, batch.counting.students, aliases)
    if isinstance(student, list):
        raise UsageError(f"--only: {no_student(options.only, student)}")
    mine = batch.narrowed(ids, student.id)
    if not mine.found:
        for item in batch.counting.matching.unclear:
            if item.student == student.id and item.words == "conflict":
                raise UsageError(visible(f"--only: {quote(student.id)}: conflict: {item.why}."))
        paths = ", ".join(map(str, options.paths))
        raise UsageError(f"--only: {paths} has nothing of {quote(student.id)} that counts.")
    return mine
