"""A pytest plugin: `pytest problems/` in a course runs each group of practice cases as a test.

An editor's test panel then shows the sentences of `grader check`, without a traceback.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .common.errors import GraderError

if TYPE_CHECKING:
    from .course.catalogue import Entry
    from .report.report import Report


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Takes the stubs of a course, and no other file."""
    stub = file_path.name == "stub.py" and file_path.parent.parent.name == "problems"
    if stub and file_path.with_name("problem.py").is_file():
        return Stub.from_parent(parent, path=file_path)
    return None


class Stub(pytest.File):
    """A student's stub. It is run once for all of its groups."""

    @cached_property
    def entry(self) -> Entry:
        from .course.catalogue import load_course

        return load_course(self.path.parents[2]).get(self.path.parent.name)

    @cached_property
    def answer(self) -> Report:
        from .oracle.unconfined import unconfined
        from .student.check_file import check_file, plan_of
        from .student.own_files import submissions_in

        (submission,) = submissions_in(self.path, [self.entry])
        return check_file(plan_of(self.entry), submission, unconfined())

    def collect(self) -> Iterator[pytest.Item]:
        for name in self.entry.problem.groups:
            yield GroupOfCases.from_parent(self, name=name)


class Wrong(Exception):
    """What is wrong with a group, in the words of `grader check`."""


class GroupOfCases(pytest.Item):
    """All cases of one group. The test passes if all of them are right."""

    def runtest(self) -> None:
        from .common.text import visible
        from .student.progress import started

        stub = self.parent
        assert isinstance(stub, Stub)
        if not started(stub.path.read_bytes()):
            pytest.skip("not started")
        report = stub.answer
        mine = [case for case in report.cases if case.group == self.name]
        if mine and all(case.accepted for case in mine):
            return
        failed = [case.message for case in mine if case.verdict and not case.accepted]
        sentences = [*report.diagnosis.sentences, failed[0]] if failed else [report.message]
        raise Wrong("\n".join(map(visible, sentences)))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (Wrong, GraderError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        stub = self.parent
        assert isinstance(stub, Stub)
        return self.path, None, stub.entry.problem.groups[self.name].purpose
