"""What the writers print on a terminal, narrow or wide, and into a pipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len
from support.course import ROOT
from support.synthetic import synthetic_run

from grader.authoring.findings import KillMatrix
from grader.authoring.printer import print_matrix
from grader.cli.main import main
from grader.common.text import visible
from grader.common.verdict import Verdict
from grader.grading.on_dask import DaskError, check_cluster
from grader.sandbox import SandboxError
from grader.submissions import Submission
from grader.writers.plan import print_plan
from grader.writers.student import print_list
from grader.writers.terminal import Terminal, print_table


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_a_table_cuts_no_cell_at_any_width(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    """Each report has its one line; the columns are under each other, and no blank ends a line."""
    monkeypatch.setenv("COLUMNS", columns)
    run = synthetic_run(40)
    print_table(Terminal(), run.reports, run.left_out)
    _, header, rule, *lines = capsys.readouterr().out.split("\n")
    assert header.split() == ["student", "problem", "verdict", "score", "time"]
    assert rule == int(columns) * "─"
    starts = [cell_len(header[: header.index(word)]) for word in ("problem", "verdict")]
    rows = [line for line in lines if line.endswith(" s") and "/20 " in line]
    assert len(rows) == len(run.reports)
    for row, report in zip(rows, run.reports, strict=True):
        score = "?" if report.score is None else report.score
        tail = row.split()[-3:]
        assert tail == [f"{score}/20", f"{report.seconds:.1f}", "s"]
        for start, cell in zip(starts, (report.problem_id, report.verdict.words), strict=True):
            (place,) = {n for n in range(len(row)) if cell_len(row[:n]) == start}
            assert row[place:].startswith(f"{cell} ")
        assert cell_len(row) == cell_len(header)


def test_names_in_a_table_are_no_markup_and_look_unlike_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = synthetic_run(40)
    first, second, third = run.reports[:3]
    shown = [
        replace(first, student="[red]ada[/red]"),
        replace(second, student="bo"),
        replace(third, student="ｂo", message="[bold]no[/bold]\x1b[2J"),  # noqa: RUF001
    ]
    print_table(Terminal(), shown, [])
    printed = capsys.readouterr().out
    assert "\n[red]ada[/red]  " in printed
    assert "\nbo (bo)  " in printed
    assert "\nｂo (\\uff42o)  " in printed  # noqa: RUF001
    assert "[bold]no[/bold]\\x1b[2J" in printed


def test_a_verdict_has_its_colour_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    run = synthetic_run(40)
    accepted = next(report for report in run.reports if report.verdict is Verdict.ACCEPTED)
    print_table(Terminal(), [accepted], [])
    assert "\x1b[32maccepted" in capsys.readouterr().out


def test_lists_have_their_columns(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("patch_embed_cls", "accepted", "A [red]title"), ("vit", "not started", "漢 " * 40)]
    print_list(Terminal(), rows)
    assert capsys.readouterr().out.split("\n") == [
        "patch_embed_cls  accepted     A [red]title",
        f"vit              not started  {'漢 ' * 40}".rstrip(),
        "",
    ]


def test_the_kill_matrix_has_a_line_for_each_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    rates = {
        "wrong_answer/a_long_name.py": {"square": 1.0, "wide": 0.5, "tall": 0.0},
        "wrong_answer/b.py": {"square": 0.0, "wide": 0.0, "tall": 1.0},
    }
    matrix = KillMatrix(("square", "wide", "tall"), 12, rates, {}, ())
    print_matrix(Terminal(), matrix)
    lines = capsys.readouterr().out.split("\n")
    assert lines[1:4] == ["             abc", "a_long_name  #o.", "b            ..#"]


def test_a_plan_cuts_what_is_long_in_the_middle_of_a_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = synthetic_run(10)
    long = Submission(run.students[0].id, Path("a" * 90) / "p.py", run.problems[0].id)
    print_plan(Terminal(), run.students, run.problems, [long], [])
    row = capsys.readouterr().out.split("\n")[2]
    assert row.endswith(f"  …{34 * 'a'}/p.py  nothing")


def test_what_was_decided_comes_before_a_plan(capsys: pytest.CaptureFixture[str]) -> None:
    run = synthetic_run(10)
    choices = [f"class {n}: \x1b[2J names as Moodle gives them." for n in range(23)]
    print_plan(Terminal(), run.students, run.problems, [], [], choices)
    lines = capsys.readouterr().out.split("\n")
    assert lines[:20] == [visible(choice) for choice in choices[:20]]
    assert lines[20:22] == ["And 3 more; the JSON report lists them.", ""]


class _Client:
    """A Dask client whose workers all lack something."""

    def run(self, *_: object) -> dict[str, str]:
        return {"tcp://one": "it has jax 1 and not 2", "tcp://two": "no sandbox\x1b[2J"}


def test_a_message_of_ours_keeps_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DaskError) as error:
        check_cluster(_Client(), "bubblewrap")
    Terminal().say(error.value)
    Terminal().say(SandboxError("No sandbox works here.\n[bold]why"))
    assert capsys.readouterr().out.split("\n") == [
        "These Dask workers can't grade:",
        "  tcp://one: it has jax 1 and not 2",
        "  tcp://two: no sandbox\\x1b[2J",
        "No sandbox works here.",
        "[bold]why",
        "",
    ]


@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_a_name_of_a_file_makes_no_line_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    path = tmp_path / f"x\nAll results: fine{suffix}"
    path.write_bytes(b"no zip")
    assert main(["grade", str(path), "--course", str(ROOT)]) == 2
    said = capsys.readouterr().err
    assert visible(path.name) in said
    assert "\nAll results" not in said
