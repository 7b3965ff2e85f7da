"""The result of a check in a notebook: HTML without script, readable on light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from ..common.text import quote, visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..diagnosis.diagnose import Diagnosis
from ..judging.judgement import Judgement, Kind
from ..report.report import CaseReport, Report
from .groups import SIGNS, group_states
from .html import render


@dataclass(frozen=True)
class Saved:
    """The saved notebook, run in a fresh process as it will be graded.

    is_older: whether its code lacks the function that was checked in the kernel.
    """

    path: Path
    report: Report
    is_older: bool

    @property
    def accepted(self) -> bool:
        return self.report.verdict is Verdict.ACCEPTED

    @property
    def sentences(self) -> list[str]:
        """Why it is not accepted."""
        name, report = quote(self.path.name), self.report
        if report.verdict is Verdict.JUDGE_ERROR:
            return [f"Your function is right here, but {name} could not be run.", report.message]
        if self.is_older:
            return [f"Your function is right here, but {name} was saved without it."]
        return [
            f"Your function is right here. It fails when {name} is run from the top in a fresh "
            "process, as it will be graded:",
            *report.diagnosis.sentences,
            report.message,
        ]

    @property
    def next_step(self) -> str:
        save = "Save the notebook (Ctrl-S) and check again."
        if self.is_older or self.report.verdict is Verdict.JUDGE_ERROR:
            return save
        if self.report.kind is Kind.MISSING_FUNCTION:
            return f"Give your function this name. {save}"
        if self.report.raised == "NameError":
            return (
                f"{save} If it still fails, only this kernel's memory has this name: its cell was "
                "deleted or changed, stands further down, or fails (a note says why). Put it in a "
                "cell above your function."
            )
        return (
            f"{save} If it still fails, restart the kernel and run all cells: then it fails here "
            "too, and you can fix it."
        )


@dataclass(frozen=True)
class CheckResult:
    """The result of one check. saved: None if the notebook's file is not known, or not run because
    the function is wrong already.
    """

    entry: Entry
    cases: tuple[CaseReport, ...]
    judgement: Judgement
    diagnosis: Diagnosis
    saved: Saved | None = None

    @property
    def accepted(self) -> bool:
        """Whether the function is right, in this kernel."""
        return self.judgement.verdict is Verdict.ACCEPTED

    @property
    def fails_as_saved(self) -> bool:
        """Whether the function is right, and the saved notebook is not accepted."""
        return self.saved is not None and not self.saved.accepted

    @property
    def headline(self) -> str:
        return (
            "right here, but not as saved" if self.fails_as_saved else self.judgement.verdict.words
        )

    @property
    def notes(self) -> list[str]:
        """On the answers here, and on loading the saved notebook."""
        notes = [self.judgement.note] if self.judgement.note else []
        return [*notes, *self.saved.report.notes] if self.saved else notes

    @property
    def groups(self) -> dict[str, str]:
        """For each group's purpose: "right", "wrong" or "not run"."""
        groups = self.entry.problem.groups
        return {groups[name].purpose: state for name, state in group_states(self.cases).items()}

    @property
    def next_step(self) -> str:
        """One thing to do next."""
        if self.saved is not None:
            if not self.saved.accepted:
                return self.saved.next_step
            name = quote(self.saved.path.name)
            return (
                f"All groups are right, also in {name} as it is saved. Now hand in: the grade "
                "comes from other cases."
            )
        if self.accepted:
            return (
                "All groups are right. Before you hand in, save the notebook and run `grader check "
                f"{self.entry.id}.ipynb` in a terminal, with the name of your file: this runs it "
                "as it will be graded."
            )
        if self.judgement.kind is Kind.NOT_STARTED:
            return "Replace the line that raises NotImplementedError, and run both cells again."
        right = sum(state == "right" for state in self.groups.values())
        so_far = f"{right} of {len(self.groups)} groups are right."
        return f"{so_far} Fix this, and run both cells again."

    def __repr__(self) -> str:
        lines = [f"{self.entry.id}: {self.headline}"]
        lines += [f"  {SIGNS[state]} {purpose}" for purpose, state in self.groups.items()]
        if not self.accepted:
            found = self.diagnosis
            lines += ["", *found.sentences, self.judgement.message, "", *found.example]
        if self.saved and self.fails_as_saved:
            lines += ["", *self.saved.sentences]
        lines += self.notes
        return "\n".join([*map(visible, lines), self.next_step])

    def _repr_html_(self) -> Markup:
        diagnosis = diagnosis_html(self.diagnosis, self.judgement.message)
        return render("check.html.jinja", checked=self, signs=SIGNS, diagnosis=diagnosis)


def diagnosis_html(diagnosis: Diagnosis, message: str) -> Markup:
    """What is wrong, in words and pictures."""
    return render("diagnosis.html.jinja", diagnosis=diagnosis, message=message)
