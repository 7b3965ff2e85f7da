"""A check's answer as a notebook shows it: HTML without script, readable on light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np

from ..common.text import visible
from ..common.verdict import Verdict
from ..course.catalogue import Entry
from ..diagnosis.diagnosis import Diagnosis
from ..diagnosis.heat_map import HeatMap
from ..diagnosis.pixels_read import Reading
from ..judging.judgement import Judgement
from ..judging.kind import Kind
from ..report.report import CaseReport

# Cividis, which readers with any colour vision see in the same order; from none to most.
COLOURS = ("#00224e", "#35456c", "#666970", "#948e77", "#c8b866", "#fee838")
NO_NUMBER = "#ff00ff"
CELL, MOST_READINGS = 12, 8  # pixels; tokens
GREEN, RED, BLUE = "#2e9e5b", "#e0563f", "#4a7fd6"  # all at least 3:1 on white and on black

# By (should be read, is read): what it is called, and its colours, which differ in lightness too.
_PIXELS = {
    (True, True): ("read, as it should be", BLUE, BLUE),
    (True, False): ("should be read", "none", BLUE),
    (False, True): ("should not be read", "#fee838", "#b09000"),
    (False, False): ("not read", "none", "#94949455"),
}


@dataclass(frozen=True)
class Checked:
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

    def _repr_html_(self) -> str:
        colour = GREEN if self.accepted else RED
        parts = [
            f'<div style="border-left:4px solid {colour};padding:4px 12px;max-width:56em">',
            f"<p><b>{_text(self.entry.id)}</b>: "
            f'<b style="color:{colour}">{_text(self.judgement.verdict.words)}</b></p>',
        ]
        if not self.accepted:
            parts.append(diagnosis_html(self.diagnosis, self.judgement.message))
        if self.judgement.note:
            parts.append(f"<p><i>{_text(self.judgement.note)}</i></p>")
        if any(state != "not run" for state in self.groups.values()):
            marks = {"right": ("✓", GREEN), "wrong": ("✗", RED), "not run": ("·", "currentColor")}
            parts.append('<ul style="list-style:none;padding-left:0;columns:2">')
            for purpose, state in self.groups.items():
                mark, shade = marks[state]
                parts.append(
                    f'<li style="padding-left:1.2em;text-indent:-1.2em">'
                    f'<span style="color:{shade}" title="{state}">{mark}</span> '
                    f"{_text(purpose)}</li>"
                )
            parts.append("</ul>")
        parts.append(f"<p>{_text(self.advice)}</p></div>")
        return "\n".join(parts)


def diagnosis_html(diagnosis: Diagnosis, message: str) -> str:
    """What is wrong, in words and pictures."""
    parts = [f"<p><b>{_text(finding.sentence)}</b></p>" for finding in diagnosis.findings]
    parts.append(f"<p>{_text(message)}</p>")
    if diagnosis.example:
        text = "\n".join(map(_text, diagnosis.example))
        parts.append(f"<p>On the smallest input that shows it:</p><pre>{text}</pre>")
    reading = diagnosis.reading
    if reading is not None and reading.astray:
        if reading.finding not in diagnosis.findings:
            parts.append(f"<p>{_text(reading.finding.sentence)}</p>")
        parts.append(reading_svg(reading))
    if diagnosis.heat is not None:
        parts.append(heat_svg(diagnosis.heat))
    return "\n".join(parts)


def _text(text: str) -> str:
    return escape(visible(text), quote=True)


def heat_svg(heat: HeatMap) -> str:
    """|got - expected|: a token a row, [CLS] apart, a feature a column."""
    left, top, y = 150, 34, 34
    body = [_label(left, top - 20, "|yours - expected|, first image; one column a feature")]
    if heat.cut:
        cut = f"of {heat.tokens} tokens and {heat.features} features, the first are shown"
        body.append(_label(left, top - 7, cut))
    for number, (label, row) in enumerate(zip(heat.labels, heat.off, strict=True)):
        if number == heat.extra and heat.extra:
            y += CELL // 2
        body.append(_label(left - 6, y + CELL - 3, label, "end"))
        for column, value in enumerate(row):
            shade = NO_NUMBER if np.isinf(value) else _shade(value / heat.most)
            told = "no finite number" if np.isinf(value) else f"off by {value:.4g}"
            body.append(
                f'<rect x="{left + column * CELL}" y="{y}" width="{CELL - 1}" '
                f'height="{CELL - 1}" fill="{shade}"><title>token {number}, feature {column}: '
                f"{told}</title></rect>"
            )
        y += CELL
    y += 8
    for number, shade in enumerate(COLOURS):
        body.append(
            f'<rect x="{left + number * 20}" y="{y}" width="20" height="{CELL}" fill="{shade}"/>'
        )
    body.append(_label(left - 6, y + CELL - 2, "0", "end"))
    body.append(_label(left + len(COLOURS) * 20 + 6, y + CELL - 2, f"{heat.most:.3g}"))
    width = max(left + heat.off.shape[1] * CELL + 20, 420)
    return _svg(width, y + CELL + 6, "where the numbers are off", body)


def reading_svg(reading: Reading) -> str:
    """A small image for each token that reads what it should not: read and expected pixels."""
    tokens = reading.astray[:MOST_READINGS]
    _, height, width = reading.should.shape
    side = width * CELL + 34
    body = []
    for place, token in enumerate(tokens):
        x, y = 6 + place % 4 * max(side, 136), 18 + place // 4 * (height * CELL + 30)
        body.append(_label(x, y - 5, reading.name(token)))
        for row, column in np.ndindex(height, width):
            should, does = reading.should[token, row, column], reading.does[token, row, column]
            told, fill, line = _PIXELS[bool(should), bool(does)]
            body.append(
                f'<rect x="{x + column * CELL + 1}" y="{y + row * CELL + 1}" width="{CELL - 3}" '
                f'height="{CELL - 3}" fill="{fill}" stroke="{line}" stroke-width="1.5">'
                f"<title>row {row}, column {column}: {told}</title></rect>"
            )
    lines = (len(tokens) + 3) // 4
    bottom = 14 + lines * (height * CELL + 30)
    x = 6
    for told, fill, line in _PIXELS.values():
        body.append(
            f'<rect x="{x}" y="{bottom}" width="{CELL - 3}" height="{CELL - 3}" fill="{fill}" '
            f'stroke="{line}" stroke-width="1.5"/>'
        )
        body.append(_label(x + CELL + 2, bottom + 9, told))
        x += CELL + 22 + 6 * len(told)
    return _svg(max(x, 4 * max(side, 136)), bottom + CELL + 6, "which pixels were read", body)


def _svg(width: int, height: int, label: str, body: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{label}">{"".join(body)}</svg>'
    )


def _label(x: int, y: int, text: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="10" font-family="sans-serif" fill="currentColor" '
        f'text-anchor="{anchor}">{_text(text)}</text>'
    )


def _shade(share: float) -> str:
    return COLOURS[min(int(share * len(COLOURS)), len(COLOURS) - 1)]
