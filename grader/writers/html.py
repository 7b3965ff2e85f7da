"""A check's answer as a notebook shows it: HTML without script, readable on light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from ..catalogue import Entry
from ..judge import Judgement
from ..problem import Case
from ..report import CaseReport
from ..text import visible
from ..verdict import Verdict

# Cividis, which readers with any colour vision see in the same order; from none to most.
COLOURS = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
CELL, MOST_ROWS, MOST_COLUMNS = 12, 40, 48  # pixels; more tokens or features are cut
GREEN, RED = "#2e9e5b", "#e0563f"  # both at least 3:1 on white and on black


@dataclass(frozen=True)
class Checked:
    """The answer to one check. `picture` is a case with its expected and its given numbers."""

    entry: Entry
    cases: tuple[CaseReport, ...]
    judgement: Judgement
    findings: tuple[str, ...]
    picture: tuple[Case, NDArray[np.float64], NDArray[np.float64]] | None = None
    example: tuple[str, ...] = ()  # the smallest failing case in full

    @property
    def accepted(self) -> bool:
        return self.judgement.verdict is Verdict.ACCEPTED

    @property
    def groups(self) -> dict[str, str]:
        """For each group's purpose: "right", "wrong" or "not run"."""
        states: dict[str, str] = {}
        for case in self.cases:
            purpose = self.entry.problem.groups[case.case.group].purpose
            state = "not run" if case.judgement is None else "right" if case.accepted else "wrong"
            if states.get(purpose) != "wrong" and (purpose not in states or state != "right"):
                states[purpose] = state
        return states

    @property
    def advice(self) -> str:
        """One thing to do next."""
        if self.accepted:
            return "All groups are right. What counts is graded on other cases: hand in."
        if self.judgement.message.startswith("Not started"):
            return "Replace the line that raises NotImplementedError, and run both cells again."
        right = sum(state == "right" for state in self.groups.values())
        told = f"{right} of {len(self.groups)} groups are right."
        return f"{told} Mend this, and run both cells again."

    def __repr__(self) -> str:
        marks = {"right": "✓", "wrong": "✗", "not run": "·"}
        lines = [f"{self.entry.id}: {self.judgement.verdict.words}"]
        lines += [f"  {marks[state]} {purpose}" for purpose, state in self.groups.items()]
        if not self.accepted:
            lines += ["", *self.findings, self.judgement.message, "", *self.example]
        return "\n".join([*map(visible, lines), self.advice])

    def _repr_html_(self) -> str:
        colour = GREEN if self.accepted else RED
        parts = [
            f'<div style="border-left:4px solid {colour};padding:4px 12px;max-width:56em">',
            f"<p><b>{_text(self.entry.id)}</b>: "
            f'<b style="color:{colour}">{_text(self.judgement.verdict.words)}</b></p>',
        ]
        if not self.accepted:
            parts += [f"<p><b>{_text(finding)}</b></p>" for finding in self.findings]
            parts.append(f"<p>{_text(self.judgement.message)}</p>")
            if self.example:
                text = "\n".join(map(_text, self.example))
                parts.append(f"<p>On the smallest input that shows it:</p><pre>{text}</pre>")
            if self.picture is not None:
                parts.append(_picture(self.entry, *self.picture))
        if self.judgement.note:
            parts.append(f"<p><i>{_text(self.judgement.note)}</i></p>")
        if any(state != "not run" for state in self.groups.values()):
            marks = {"right": ("✓", GREEN), "wrong": ("✗", RED), "not run": ("·", "currentColor")}
            parts.append('<ul style="list-style:none;padding-left:0;columns:2">')
            for purpose, state in self.groups.items():
                mark, shade = marks[state]
                parts.append(
                    f'<li><span style="color:{shade}" title="{state}">{mark}</span> '
                    f"{_text(purpose)}</li>"
                )
            parts.append("</ul>")
        parts.append(f"<p>{_text(self.advice)}</p></div>")
        return "\n".join(parts)


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def _picture(
    entry: Entry, case: Case, expected: NDArray[np.float64], got: NDArray[np.float64]
) -> str:
    """|got - expected| as a heat map: a token a row, [CLS] apart, a feature a column."""
    if entry.problem.view is None:
        return ""
    view = entry.problem.view(case)
    far = np.abs(got - expected)
    far = np.where(np.isfinite(far), far, np.inf).reshape(view.images, -1, view.features)[0]
    finite = far[np.isfinite(far)]
    most = float(finite.max(initial=0.0)) or 1.0
    shown = far[:MOST_ROWS, :MOST_COLUMNS]
    left, top = 150, 34
    body = []
    y = top
    for number, row in enumerate(shown):
        if number == view.extra and view.extra:
            y += CELL // 2
        if number < view.extra:
            label = "[CLS]"
        else:
            patch = divmod(number - view.extra, view.columns)
            label = f"patch in row {patch[0]}, column {patch[1]}"
        body.append(_label(left - 6, y + CELL - 3, label, "end"))
        for column, value in enumerate(row):
            shade = "#ff00ff" if np.isinf(value) else _shade(value / most)
            body.append(
                f'<rect x="{left + column * CELL}" y="{y}" width="{CELL - 1}" '
                f'height="{CELL - 1}" fill="{shade}"><title>token {number}, feature {column}: '
                f"off by {value:.4g}</title></rect>"
            )
        y += CELL
    width = max(left + shown.shape[1] * CELL + 20, 420)
    body.append(_label(left, top - 20, "|yours - expected|, first image; one column a feature"))
    if shown.shape != far.shape:
        cut = f"of {far.shape[0]} tokens and {far.shape[1]} features, the first are shown"
        body.append(_label(left, top - 7, cut))
    y += 8
    for number, shade in enumerate(COLOURS):
        body.append(
            f'<rect x="{left + number * 20}" y="{y}" width="20" height="{CELL}" fill="{shade}"/>'
        )
    body.append(_label(left - 6, y + CELL - 2, "0", "end"))
    body.append(_label(left + len(COLOURS) * 20 + 6, y + CELL - 2, f"{most:.3g}"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y + CELL + 6}" '
        f'role="img" aria-label="where the numbers are off">{"".join(body)}</svg>'
    )


def _label(x: int, y: int, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="10" font-family="sans-serif" fill="currentColor" '
        f'text-anchor="{anchor}">{_text(text)}</text>'
    )


def _shade(share: float) -> str:
    return COLOURS[min(int(share * len(COLOURS)), len(COLOURS) - 1)]
