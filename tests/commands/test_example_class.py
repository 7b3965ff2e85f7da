"""The example class, graded once by the real command: its verdicts, its report, what is printed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from nbclient import NotebookClient
from support.command import EXAMPLE_CLASS, report_schema, run
from support.course import ROOT, proven

from grader.common.text import visible
from grader.handout.notebooks import results_notebook

# The whole course and all of its known mistakes.
pytestmark = pytest.mark.sweep

# What the example class is there to show: student -> problem -> verdict.
EXAMPLES = {
    "ada": {"patch_embed_cls": "accepted", "vit_patch_embed": "accepted"},
    "bela": {"vit_patch_embed": "accepted"},
    "chen": {"patch_embed_cls": "wrong_answer"},
    "dara": {"vit_patch_embed": "wrong_answer"},
    "emil": {"patch_embed_cls": "run_time_error"},
    "fay": {"vit_patch_embed": "time_limit_exceeded"},
    "gus": {"patch_embed_cls": "rule_violation"},
    "hana": {"vit_patch_embed": "wrong_answer"},
    "ivan": {"patch_embed_cls": "wrong_answer"},
    "jo": {"vit_patch_embed": "run_time_error"},
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("example") / "results"


@pytest.fixture(scope="module")
def printed(results: Path) -> str:
    """The demo: the whole example class, graded once for all tests."""
    proven("auto")
    done = run("grade", EXAMPLE_CLASS, "-o", results, "--seed", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def document(printed: str, results: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((results / "report.json").read_text())
    return report


def without_spaces(text: str) -> str:
    """The text however its lines are broken and indented."""
    return "".join(text.split())


def test_the_example_class_gets_the_verdicts_it_is_there_to_show(
    printed: str, document: dict[str, Any]
) -> None:
    jsonschema.validate(document, report_schema())
    verdicts: dict[str, dict[str, str]] = {}
    for report in document["reports"]:
        verdicts.setdefault(report["student"], {})[report["problem_id"]] = report["verdict"]
    assert verdicts == EXAMPLES
    assert document["not_understood"] == []
    assert "[11/11]" in printed
    for report in document["reports"]:
        assert without_spaces(visible(report["message"])) in without_spaces(printed)
        assert report["max_score"] == 20
        assert (report["score"] == 20) == (report["verdict"] == "accepted")


def test_the_instructors_notebook_shows_the_example_class(
    document: dict[str, Any], results: Path
) -> None:
    notebook = nbformat.reads(results_notebook(), as_version=4)
    assert (ROOT / "notebooks" / "results.ipynb").read_text() == results_notebook(), "it is stale"
    folder = {"metadata": {"path": results.parent}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder).execute()
    outputs = {cell["id"]: str(cell.get("outputs")) for cell in notebook.cells}
    assert "rule_violation" in outputs["verdicts"]
    assert "<svg" in outputs["marks"]
    assert "where the numbers are off" in outputs["student"]
    for report in document["reports"]:
        for finding in report["diagnosis"]["what"][:1]:
            assert finding["sentence"][:30] in outputs["mistakes"]


def test_the_forger_s_print_is_kept_as_data_and_shown_to_nobody(
    printed: str, document: dict[str, Any]
) -> None:
    (jo,) = (report for report in document["reports"] if report["student"] == "jo")
    assert '"verdict": "accepted"' in jo["output"]
    assert "\x1b" not in printed
    assert "| jo |" not in printed


def test_the_reports_say_what_decided_the_numbers(document: dict[str, Any]) -> None:
    assert document["seed"] == 1
    for report in document["reports"]:
        groups = {case["group"] for case in report["cases"]}
        assert len(groups) == 15
        assert report["versions"]["jax"].count(".") == 2
    (hana,) = (report for report in document["reports"] if report["student"] == "hana")
    first = hana["cases"][0]
    assert first["largest_error"] > first["allowed_error"] > 0
    assert first["shapes"][0][2] == 3
    (fay,) = (report for report in document["reports"] if report["student"] == "fay")
    assert [case["verdict"] for case in fay["cases"][:2]] == ["time_limit_exceeded", None]


def test_the_readme_shows_rows_that_the_demo_prints(printed: str) -> None:
    _, table, _ = re.split(
        r"^student .*\n─+\n|^```\n\n!\[", (ROOT / "README.md").read_text(), flags=re.M
    )
    rows, real = (re.findall(r"^\w.*/20(?= )", text, re.M) for text in (table, printed))
    assert rows == real[:4]
