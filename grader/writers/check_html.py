"""The result of a check in a notebook: HTML without script, readable on light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..diagnosis.diagnose import Diagnosis
from ..judging.judgement import Judgement, Kind
from ..report.report import CaseReport
from .groups import SIGNS, group_states
from .html import render


@dataclass(frozen=True)
class CheckResult:
    """The result of one check."""

    entry: Entry
    cases: tuple[CaseReport, ...]
    judgement: Judgement
    diagnosis: Diagnosis

    @property
    def accepted(self) -> bool:
        return self.judgement.verdict is Verdict.ACCEPTED

    @property
    def groups(self) -> dict[str, str]:
        """For each group's purpose: "right", "wrong" or "not run"."""
        groups = self.entry.problem.groups
        return {groups[name].purpose: state for name, state in group_states(self.cases).items()}

    @property
    def next_step(self) -> str:
        """One thing to do next."""
        if self.accepted:
            return "All groups are right. Now hand in: the grade comes from other cases."
        if self.judgement.kind is Kind.NOT_STARTED:
            return "Replace the line that raises NotImplementedError, and run both cells again."
        right = sum(state == "right" for state in self.groups.values())
        so_far = f"{right} of {len(self.groups)} groups are right."
        return f"{so_far} Fix this, and run both cells again."

    def __repr__(self) -> str:
        lines = [f"{self.entry.id}: {self.judgement.verdict.words}"]
        lines += [f"  {SIGNS[state]} {purpose}" for purpose, state in self.groups.items()]
        if not self.accepted:
            sentences = [finding.sentence for finding in self.diagnosis.findings]
            lines += ["", *sentences, self.judgement.message, "", *self.diagnosis.example]
        return "\n".join([*map(visible, lines), self.next_step])

    def _repr_html_(self) -> Markup:
        diagnosis = diagnosis_html(self.diagnosis, self.judgement.message)
        return render("check.html.jinja", checked=self, signs=SIGNS, diagnosis=diagnosis)


def diagnosis_html(diagnosis: Diagnosis, message: str) -> Markup:
    """What is wrong, in words and pictures."""
    return render("diagnosis.html.jinja", diagnosis=diagnosis, message=message)
