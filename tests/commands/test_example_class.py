"""The example class, graded once by the real command: its verdicts, its report, what is printed."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest
from nbclient import NotebookClient
from support.command import EXAMPLE_CLASS, report_schema, run
from support.course import ROOT, proven

from grader.handout.notebooks import results_notebook

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


@cache
def example_run() -> tuple[str, dict[str, Any]]:
    """The demo: the whole example class, once for all tests; what it printed and its report."""
    proven("auto")
    results = example_results()
    done = run("grade", EXAMPLE_CLASS, "-o", results, "--seed", 1)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, json.loads((results / "report.json").read_text())


def example_results() -> Path:
    return Path(os.environ["PYTEST_CURRENT_TEST_DIR"]) / "results"


@pytest.fixture(autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_CURRENT_TEST_DIR", str(tmp_path_factory.getbasetemp()))


def test_the_example_class_gets_the_verdicts_it_is_there_to_show() -> None:
    printed, document = example_run()
    jsonschema.validate(document, report_schema())
    verdicts: dict[str, dict[str, str]] = {}
    for report in document["reports"]:
        verdicts.setdefault(report["student"], {})[report["problem"]] = report["verdict"]
    assert verdicts == EXAMPLES
    assert document["not_understood"] == []
    assert "[11/11]" in printed
    for report in document["reports"]:
        assert report["message"].split()[0] in printed
        assert report["max_score"] == 20
        assert (report["score"] == 20) == (report["verdict"] == "accepted")


def test_the_instructors_notebook_shows_the_example_class() -> None:
    example_run()
    notebook = nbformat.reads(results_notebook(), as_version=4)
    assert (ROOT / "notebooks" / "results.ipynb").read_text() == results_notebook(), "it is stale"
    folder = {"metadata": {"path": example_results().parent}}
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources=folder).execute()
    outputs = {cell["id"]: str(cell.get("outputs")) for cell in notebook.cells}
    assert "rule_violation" in outputs["verdicts"]
    assert "<svg" in outputs["marks"]
    assert "where the numbers are off" in outputs["student"]
    for report in example_run()[1]["reports"]:
        for finding in report["findings"][:1]:
            assert finding["sentence"][:30] in outputs["mistakes"]


def test_the_forger_s_print_is_kept_as_data_and_shown_to_nobody() -> None:
    printed, document = example_run()
    (jo,) = (report for report in document["reports"] if report["student"] == "jo")
    assert '"verdict": "accepted"' in jo["output"]
    assert "\x1b" not in printed
    assert "| jo |" not in printed


def test_the_reports_say_what_decided_the_numbers() -> None:
    _, document = example_run()
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
    assert [case["verdict"] for case in fay["cases"][:2]] == ["time_limit_exceeded", "not_run"]


def test_the_readme_shows_rows_that_the_demo_prints() -> None:
    printed, _ = example_run()
    _, table, _ = re.split(
        r"^student .*\n─+\n|^```\n\n!\[", (ROOT / "README.md").read_text(), flags=re.M
    )
    rows, real = (re.findall(r"^\w.*/20(?= )", text, re.M) for text in (table, printed))
    assert rows == real[:4]
