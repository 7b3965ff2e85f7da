"""Every reader of what others wrote, on the corpus and on what mutations make of it.

Each returns its type or raises its own error, within bounds, and touches nothing else.
"""

from __future__ import annotations

import tempfile
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.corpus import CORPUS, corpus, mutated, mutated_json
from support.course import ROOT
from support.fuzzing import examples

from grader.cli.main import main
from grader.common.errors import ArchiveError, DecisionsError, ResultsError, RosterError
from grader.course.catalogue import load_course
from grader.report.class_state import ClassState
from grader.report.decisions import FILE, read_decisions
from grader.report.make_run import make_run
from grader.report.report_json import from_json, to_json
from grader.report.results_folder import REPORTS, STATE, WHOLE, ResultsFolder, read_run, read_state
from grader.submissions import HandedIn, blackboard, find_submissions, open_archives
from grader.submissions.entry_point import Trace, code_text, find_entry_point
from grader.submissions.file_text import read_text
from grader.submissions.gradescope_export import NotGradescope, read_uploads
from grader.submissions.lateness import late_words
from grader.submissions.read_roster import Roster, parse_roster
from grader.submissions.times import read_time
from grader.worker import frames
from grader.writers.all_outputs import write_all
from grader.writers.code_shown import function_text

MOST_SECONDS = 10  # of CPU time; most take a few milliseconds, also on a slow machine
MOST_MEMORY = 100 * 2**20
DIGEST = "a" * 40
COURSE = load_course(ROOT)


def read_archive(folder: Path, name: str, data: bytes) -> None:
    """Nothing lands outside of the temporary folder, and nothing but files and folders in it."""
    (folder / "in").mkdir()
    (folder / "in" / name).write_bytes(data)
    with open_archives([folder / "in" / name]) as opened:
        find_submissions(opened.paths, [*COURSE.entries.values()], None, opened.unpacked)
        for path in opened.paths:
            for inside in path.rglob("*"):
                assert not inside.is_symlink()
                assert inside.is_file() or inside.is_dir()
    assert [*folder.rglob("*")] == [folder / "in", folder / "in" / name]


def read_roster(folder: Path, name: str, data: bytes) -> None:
    roster = parse_roster(data)
    assert isinstance(roster, Roster)
    assert all(student.id for student in roster.students)
    state = ClassState(1, roster=roster)
    assert from_json(to_json(state), ClassState).roster.students


def read_a_decision(folder: Path, name: str, data: bytes) -> None:
    (folder / FILE).write_bytes(data)
    assert all(item.reason for item in read_decisions(folder / FILE))


def read_code(folder: Path, name: str, data: bytes) -> None:
    text = code_text(Path(name), data)
    for entry in COURSE.entries.values():
        assert find_entry_point(text, entry) in Trace
        shown = read_text(data, name.endswith(".ipynb"))
        assert isinstance(function_text(shown.text, entry.problem.entry_point), str)


def read_gradescope(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)
    assert all(upload.students for upload in read_uploads(folder / name).values())


def read_blackboard(folder: Path, name: str, data: bytes) -> None:
    text = folder / "HW_1_adal_attempt_2026-03-01-10-00-00.txt"
    text.write_bytes(data)
    said = data.decode("utf-8", "replace")
    owners = {Path(n): o for n in (text.name, said) if (o := blackboard.read_name(n))}
    assert blackboard.without_assignment(owners, [text]).keys() == owners.keys()
    assert isinstance(blackboard.is_text_of(said, [("adal", (2026, 3, 1, 10, 0, 0))]), bool)


def read_timestamp(folder: Path, name: str, data: bytes) -> None:
    said = read_time(data.decode("utf-8", "replace"))
    assert said == (datetime.fromisoformat(said).isoformat() if said else "")
    assert late_words(HandedIn(time=said, said_by="x"), datetime.now(UTC))


def read_class(folder: Path, name: str, data: bytes) -> None:
    """All outputs can be written of a state that is accepted."""
    (folder / STATE).write_bytes(data)
    assert read_state(folder) is not None
    assert main(["results", str(folder), "--course", str(ROOT)]) in (0, 2)


def read_report(folder: Path, name: str, data: bytes) -> None:
    """A report that is damaged is missing; all outputs can be written of one that is accepted."""
    (folder / STATE).write_bytes((CORPUS / "states" / "class.json").read_bytes())
    with ResultsFolder(folder, 1) as results:
        (folder / REPORTS).mkdir()
        (folder / REPORTS / f"{DIGEST}.json").write_bytes(data)
        write_all(make_run(results.state, results.reports()), folder, {})


def read_whole(folder: Path, name: str, data: bytes) -> None:
    (folder / WHOLE).write_bytes(data)
    run = read_run(folder)
    write_all(run, folder, {})
    assert main(["explain", str(folder), run.students[0].id if run.students else "x"]) in (0, 2)


def read_frame(folder: Path, name: str, data: bytes) -> None:
    head, body = data[: frames.HEADER.size], data[frames.HEADER.size :]
    for read, part in (
        (frames.parse_text, body),
        (frames.parse_raised, body),
        (frames.parse_uses, body),
        (frames.parse_array_header, body[: frames.ARRAY.size]),
        (frames.parse_header, head),
    ):
        with suppress(frames.FrameError):
            assert read(part) is not None  # type: ignore[operator]


@dataclass(frozen=True)
class Reader:
    """read: of a folder that it may write to, the name of a file of the corpus, and the bytes.
    refuses: with what it may raise. json: whether the files are JSON.
    """

    read: Callable[[Path, str, bytes], None]
    refuses: tuple[type[Exception], ...] = ()
    json: bool = False


READERS = {
    "archives": Reader(read_archive, (ArchiveError,)),
    "rosters": Reader(read_roster, (RosterError,)),
    "decisions": Reader(read_a_decision, (DecisionsError,)),
    "notebooks": Reader(read_code, json=True),
    "gradescope": Reader(read_gradescope, (NotGradescope,)),
    "blackboard": Reader(read_blackboard),
    "timestamps": Reader(read_timestamp),
    "states": Reader(read_class, (ResultsError,), json=True),
    "reports": Reader(read_report, json=True),
    "runs": Reader(read_whole, (ResultsError,), json=True),
    "frames": Reader(read_frame),
}


def hold(reader: Reader, name: str, data: bytes) -> None:
    """Reads, in bounds and in a folder of its own."""
    with tempfile.TemporaryDirectory() as own:
        folder, temporary = Path(own, "folder"), Path(own, "temporary")
        folder.mkdir()
        temporary.mkdir()
        before, tempfile.tempdir = tempfile.tempdir, str(temporary)
        tracemalloc.start()
        started = time.process_time()
        try:
            with suppress(*reader.refuses):
                reader.read(folder, name, data)
        finally:
            seconds, (_, memory) = time.process_time() - started, tracemalloc.get_traced_memory()
            tracemalloc.stop()
            tempfile.tempdir = before
        assert seconds < MOST_SECONDS
        assert memory < MOST_MEMORY
        assert [*temporary.iterdir()] == []
        assert {path.name for path in Path(own).iterdir()} == {"folder", "temporary"}


@pytest.mark.parametrize("path", [p for name in READERS for p in corpus(name)], ids=str)
def test_what_made_trouble_once_makes_none(path: Path) -> None:
    hold(READERS[path.parent.name], path.name, path.read_bytes())


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@examples(50)
def test_whatever_becomes_of_a_file_it_is_read_or_refused(name: str, data: st.DataObject) -> None:
    changed = mutated(name) | mutated_json(name) if READERS[name].json else mutated(name)
    hold(READERS[name], *data.draw(changed))


def test_the_corpus_is_small_and_all_read() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(READERS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*")) < 200_000


@pytest.mark.parametrize("broken", [ValueError, MemoryError])
def test_a_reader_that_breaks_is_found(broken: type[Exception]) -> None:
    def read(folder: Path, name: str, data: bytes) -> None:
        raise broken

    with pytest.raises(broken):
        hold(Reader(read, (ResultsError,)), "x", b"")
