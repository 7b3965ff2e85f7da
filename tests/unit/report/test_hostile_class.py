"""Reports stay small, whatever a submission says: each of them, and a class of them in memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.course import ROOT
from support.hostile_class import FLOODS, hostile_report

from grader.common.text import BEFORE_NOT_SHOWN, NOT_SHOWN
from grader.report.report import MOST_NOTES, Report
from grader.report.report_json import from_json, to_json

LARGEST = 256 * 1024  # bytes of a report, most of which is some sentences on each case
MOST_MIB = 600


@pytest.mark.parametrize("flood", range(len(FLOODS)))
def test_a_hostile_report_is_small_and_says_what_is_cut(flood: int) -> None:
    report = hostile_report(flood)
    written = to_json(report)
    assert len(written) < LARGEST
    assert report.output.startswith(BEFORE_NOT_SHOWN)
    found = (*report.diagnosis.findings, report.diagnosis.findings[0])
    sentences = (report.message, report.notes[0], report.cases[0].message, found[0].sentence)
    for text in (*sentences, report.code, report.detail, report.diagnosis.example[-1]):
        assert text.endswith(NOT_SHOWN)
    assert len(report.notes) == MOST_NOTES
    assert "more notes" in report.notes[-1]
    assert to_json(from_json(written, Report)) == written


@pytest.mark.sweep
def test_a_class_of_hostile_reports_fits_in_memory(tmp_path: Path) -> None:
    """All that a run holds at once, in a process of its own."""
    command = [sys.executable, "-m", "support.hostile_class", str(tmp_path / "results"), "500"]
    done = subprocess.run(
        command, cwd=ROOT / "tests", check=True, capture_output=True, text=True, timeout=900
    )
    assert float(done.stdout) < MOST_MIB
