"""A check's answer as a notebook shows it: HTML without script, readable on light and dark."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..diagnosis.diagnosis import Diagnosis
from ..judging.judgement import Judgement
from ..judging.kind import Kind
from ..report.report import CaseReport
from .charts import heat_svg, reading_svg
from .html import render


@dataclass(frozen=True)
class CheckResult:
    """The answer to one check."""

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
        states: dict[str, str] = {}
        for case in self.cases:
            purpose = self.entry.problem.groups[case.group].purpose
            state = "not run" if case.verdict is None else "right" if case.accepted else "wrong"
            if states.get(purpose) != "wrong" and (purpose not in states or state != "right"):
                states[purpose] = state
        return states

    @property
    def advice(self) -> str:
        """One thing to do next."""
        if self.accepted:
            return "All groups are right. What counts is graded on other cases: hand in."
        if self.judgement.kind is Kind.NOT_STARTED:
            return "Replace the line that raises NotImplementedError, and run both cells again."
        right = sum(state == "right" for state in self.groups.values())
        told = f"{right} of {len(self.groups)} groups are right."
        return f"{told} Mend this, and run both cells again."

    def __repr__(self) -> str:
        marks = {"right": "✓", "wrong": "✗", "not run": "·"}
        lines = [f"{self.entry.id}: {self.judgement.verdict.words}"]
        lines += [f"  {marks[state]} {purpose}" for purpose, state in self.groups.items()]
        if not self.accepted:
            told = self.diagnosis
            sentences = [finding.sentence for finding in told.findings]
            lines += ["", *sentences, self.judgement.message, "", *told.example]
        return "\n".join([*map(visible, lines), self.advice])

    def _repr_html_(self) -> Markup:
        diagnosis = diagnosis_html(self.diagnosis, self.judgement.message)
        return render("check.html.jinja", checked=self, diagnosis=diagnosis)


def diagnosis_html(diagnosis: Diagnosis, message: str) -> Markup:
    """What is wrong, in words and pictures."""
    return render(
        "diagnosis.html.jinja",
        diagnosis=diagnosis,
        message=message,
        heat_svg=heat_svg,
        reading_svg=reading_svg,
    )
