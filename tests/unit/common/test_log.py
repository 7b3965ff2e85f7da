"""What costs only time or comfort leaves a trace: shown with -v, and kept for judge errors."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from support.class_states import received
from support.course import ROOT, patch_embed_cls, square

from grader.cli.main import _parser, main
from grader.common.errors import SandboxError
from grader.common.log import KEPT, OTHERS, last_lines, start_log
from grader.oracle import answer_cache, program_cache
from grader.oracle.answer_cache import CachedAnswers
from grader.report.report import judge_error
from grader.report.results_folder import ResultsFolder
from grader.submissions import Submission

COMMANDS = {
    "check": [],
    "list": [],
    "show": ["x"],
    "hint": ["x"],
    "solution": ["x"],
    "grade": ["x"],
    "results": ["x"],
    "explain": ["x", "y"],
    "gradescope": ["x"],
    "release": ["x"],
    "notebooks": [],
    "verify": [],
    "new": ["x"],
}


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """The log as it was: what a test starts is not there for the next."""
    loggers = [logging.getLogger(name) for name in ("grader", *OTHERS)]
    before = [(logger.level, logger.handlers) for logger in loggers]
    yield
    logging.captureWarnings(False)
    for logger, (level, handlers) in zip(loggers, before, strict=True):
        logger.setLevel(level)
        logger.handlers = handlers


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course whose progress can neither be read nor written, whoever tries."""
    shutil.copytree(ROOT / "problems", tmp_path / "problems")
    (tmp_path / ".progress.json").mkdir()
    return tmp_path


def test_each_command_takes_it_before_and_after_its_name() -> None:
    for name, needed in COMMANDS.items():
        parser = _parser([name])
        assert parser.parse_args([name, *needed]).verbose == 0
        assert parser.parse_args(["-v", name, *needed]).verbose == 1
        assert parser.parse_args([name, "-vv", *needed]).verbose == 2
    with pytest.raises(SystemExit):
        _parser([]).parse_args(["no_such_command"])


def test_the_commands_are_all_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    listed = {line.split()[0] for line in shown.splitlines() if line.startswith("    ")}
    assert set(COMMANDS) == {name for name in listed if name.isidentifier()} - {"COMMAND"}


@pytest.mark.parametrize("where", ["before", "after", "nowhere"])
def test_only_what_is_to_be_acted_on_is_shown_without_it(
    where: str, course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["hint", "patch_embed_cls", "--course", str(course)]
    arguments[:0] = ["-v"] if where == "before" else []
    arguments += ["-v"] if where == "after" else []
    assert main(arguments) == 0
    lines = capsys.readouterr().err.splitlines()
    warned = [line for line in lines if " WARNING grader.student.progress: " in line]
    assert len(warned) == 1
    assert "your progress is not saved (Is a directory)" in warned[0]
    told = [line for line in lines if " INFO grader.student.progress: " in line]
    assert len(told) == (0 if where == "nowhere" else 1)
    assert len(lines) == len(warned) + len(told)


def test_a_judge_error_ends_in_the_last_lines(capsys: pytest.CaptureFixture[str]) -> None:
    start_log()
    log = logging.getLogger("grader.somewhere")
    for number in range(KEPT + 5):
        log.info("line %d", number)
    log.debug("a student's name")
    log.info("hostile \x1b[2J\nname")
    submission = Submission("sam", Path("patch_embed_cls.py"), patch_embed_cls().id)
    report = judge_error(
        patch_embed_cls(), submission, "none", SandboxError("No sandbox.\n  one: reason")
    )
    first, *kept = report.detail.splitlines()
    assert first == report.cause == "SandboxError: No sandbox. one: reason"
    assert len(kept) == KEPT
    assert kept[0].endswith(" INFO grader.somewhere: line 6")
    assert kept[-1].endswith(r"hostile \x1b[2J\nname")
    assert capsys.readouterr().err == ""
    start_log(2)
    assert last_lines() == []
    log.debug("all of it")
    assert "DEBUG grader.somewhere: all of it" in capsys.readouterr().err


def test_a_judge_error_without_a_log_has_its_cause() -> None:
    logging.getLogger("grader").handlers = []
    start_log()
    submission = Submission("sam", Path("patch_embed_cls.py"), patch_embed_cls().id)
    failed = judge_error(patch_embed_cls(), submission, "none", ValueError("x"))
    assert failed.detail == "ValueError: x"


def test_answers_that_can_t_be_kept_or_read_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "grader")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(answer_cache, "keep_compiled", lambda: None)

    class Knows:
        def expected(self, *_: object) -> list[np.ndarray]:
            return [*square().expected]

    def asked() -> list[str]:
        caplog.clear()
        answers = CachedAnswers(Knows()).expected(patch_embed_cls(), square().cases)
        np.testing.assert_array_equal(answers[0], square().expected[0])
        return [record.getMessage() for record in caplog.records]

    assert asked() == []
    (kept,) = (tmp_path / "cache").rglob("*.npz")
    assert asked() == []
    kept.write_bytes(b"half of it")
    assert ["can't be read" in line for line in asked()] == [True]
    assert asked() == []
    shutil.rmtree(tmp_path / "cache")
    (tmp_path / "cache").write_text("no folder")
    assert all("nothing can be kept" in line for line in asked())
    (tmp_path / "cache").unlink()
    folder = program_cache.private_folder(answer_cache.ANSWERS.name)
    assert folder
    folder.chmod(0o777)
    assert ["others can write" in line for line in asked()] == [True, True]


def test_programs_that_can_t_be_shared_are_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "grader")
    assert program_cache.contents([tmp_path / "gone"]) == {}
    program_cache.share({"program": b"bytes"}, tmp_path / "no folder")
    said = [record.getMessage() for record in caplog.records]
    assert ["can't be read" in said[0], "can't be shared" in said[1]] == [True, True]
    assert len(said) == 2


def test_a_damaged_report_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "grader")
    with ResultsFolder(tmp_path / "results", 1) as results:
        item = received("sam", reports=("a" * 40,))
        results.save(results.state.with_command((), [item], (), ()))
        assert results.reports() == {}
        assert caplog.records == []
        kept = results.folder / "reports" / f"{'a' * 40}.json"
        kept.parent.mkdir()
        for text in ("{", ""):
            kept.write_text(text)
            assert results.reports() == {}
    assert ["can't be read" in record.getMessage() for record in caplog.records] == [True, True]


WARNS = """
import logging, sys, warnings
from grader.common.log import last_lines, start_log
start_log(int(sys.argv[1]))
import jax.numpy as jnp
jnp.asarray(1.0, dtype="float64")  # JAX warns that this is no float64
logging.getLogger("jax._src.anything").warning("A log of JAX.")
assert last_lines() == [], last_lines()
"""


@pytest.mark.parametrize("verbosity", [0, 1])
def test_warnings_of_the_author_s_code_are_shown_with_v_only(verbosity: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WARNS, str(verbosity)], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    for words in ("Explicitly requested dtype", "A log of JAX."):
        assert (words in done.stderr) is (verbosity > 0), done.stderr
    assert (done.stderr == "") is (verbosity == 0)
