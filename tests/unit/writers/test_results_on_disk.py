"""The files of a results folder: who can read them, and links that others put in their places."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.class_states import received
from support.synthetic import synthetic_run

from grader.cli.outputs import write_outputs
from grader.common.errors import ResultsError
from grader.report.results_folder import STATE, ResultsFolder, read_run, read_state
from grader.report.run import Run
from grader.writers.terminal import Terminal


@pytest.fixture(scope="module")
def run() -> Run:
    return synthetic_run(12)


@pytest.fixture
def masked() -> Iterator[Callable[[int], None]]:
    before = os.umask(0)
    yield lambda umask: (os.umask(umask), None)[1]
    os.umask(before)


def write(run: Run, place: Path) -> bool:
    """All that a command writes."""
    with ResultsFolder(place / "results", 1) as results:
        results.save(results.state.with_command((), [received("ada", reports=["a" * 40])], (), ()))
        results.keep("a" * 40, run.reports[0])
        return write_outputs(run, results, place / "run.json", Terminal(stderr=True))[1]


def modes(place: Path) -> dict[str, int]:
    return {str(p.relative_to(place)): p.lstat().st_mode & 0o777 for p in place.rglob("*")}


@pytest.mark.parametrize("umask", [0o077, 0o027])
def test_the_umask_decides_who_can_read_each_file(
    umask: int, run: Run, tmp_path: Path, masked: Callable[[int], None]
) -> None:
    masked(umask)
    assert write(run, tmp_path)
    found = modes(tmp_path)
    folders = {"results", *(f"results/{name}" for name in ("students", "feedback", "reports"))}
    assert len(found) > 30
    assert found == {name: (0o777 if name in folders else 0o666) & ~umask for name in found}


def test_a_file_that_few_can_read_stays_so(
    run: Run, tmp_path: Path, masked: Callable[[int], None]
) -> None:
    masked(0o022)
    assert write(run, tmp_path)
    for path in tmp_path.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    before = modes(tmp_path)
    assert write(run, tmp_path)
    assert modes(tmp_path) == before


@pytest.mark.parametrize(
    "name", ["reports", "students", "feedback", ".class-report.new", STATE, "decisions.csv"]
)
def test_no_link_in_a_results_folder_is_followed(name: str, run: Run, tmp_path: Path) -> None:
    """It may come from somebody else, with links to this user's folders."""
    assert write(run, tmp_path)
    folder, victim = tmp_path / "results", tmp_path / "victim"
    (folder / name).rename(victim) if (folder / name).exists() else victim.mkdir()
    (folder / name).symlink_to(victim)
    before = {p: p.read_bytes() for p in (victim, *victim.rglob("*")) if p.is_file()}
    if name == STATE:
        with pytest.raises(ResultsError, match="it is a symbolic link"):
            read_state(folder)
    elif name in ("reports", "decisions.csv"):
        with pytest.raises(ResultsError, match=f"{name} is a link"):
            ResultsFolder(folder, 1)
    else:
        assert write(run, tmp_path) is (name == ".class-report.new")
        (folder / "report.json").rename(tmp_path / "away")
        (folder / "report.json").symlink_to(tmp_path / "away")
        with pytest.raises(ResultsError, match="symbolic link"):
            read_run(folder)
    assert before == {p: p.read_bytes() for p in (victim, *victim.rglob("*")) if p.is_file()}
