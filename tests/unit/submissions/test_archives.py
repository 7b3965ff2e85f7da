"""Zips: read as the folder that they were made of, and nothing in them leaves its place."""

from __future__ import annotations

import contextlib
import io
import stat
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.fuzzing import examples
from support.submissions import (
    CLS,
    DEFINES_VIT,
    METADATA,
    VIT,
    Write,
    both,
    found,
    zipped,
)

import grader.submissions.archives as archives
import grader.submissions.unpack as unpack
from grader.common.errors import ArchiveError
from grader.submissions import NotUnderstood, Submission, open_archives


def in_zips(*paths: Path) -> tuple[list[Submission], list[NotUnderstood]]:
    """What is found in them, and all that isn't; each submission can be read."""
    with open_archives(paths) as opened:
        submissions, others = both(opened.paths, unpacked=opened.unpacked)
        for submission in submissions:
            submission.read()
    return submissions, [*opened.refused, *others]


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_zip_is_read_as_the_folder_it_was_made_of(
    wrapped: bool, write: Write, tmp_path: Path
) -> None:
    write(f"canvas/adal_11_101_{VIT}.py")
    write(f"canvas/bo_LATE_12_102_{CLS}.ipynb")
    write("gradescope/submission_metadata.yml", METADATA)
    write(f"gradescope/submission_1/{VIT}.py")
    write(f"gradescope/submission_2/{VIT}.py")
    write(f"folders/ada/{VIT}.py")
    write(f"folders/bo/week 1/{CLS}.py")
    write(f"nbgrader/submitted/ada/ps1/{VIT}.ipynb")
    write(f"nbgrader/submitted/bo/ps1/{VIT}.ipynb")
    for name in ("canvas", "gradescope", "folders", "nbgrader"):
        folder = tmp_path / name
        files = [file for file in folder.rglob("*") if file.is_file()]
        base = folder.parent if wrapped else folder
        path = zipped(
            tmp_path / "x.ZIP", [(str(f.relative_to(base)), f.read_bytes()) for f in files]
        )
        submissions, others = in_zips(path)
        assert not others
        assert len(submissions) == 2
        assert {(s.student, s.path.name) for s in submissions} == {
            (student, file) for student, file, _ in found(folder)
        }


def test_of_a_zip_nothing_is_left_and_places_in_it_are_told(write: Write, tmp_path: Path) -> None:
    one = zipped(tmp_path / "one.zip", [(f"ada/{VIT}.py", b""), (f"bo/{VIT}.py", b"")])
    two = zipped(tmp_path / "two.zip", [(f"ada/{VIT}.py", b""), ("cy/essay.txt", b"")])
    submissions, others = in_zips(one, two)
    assert not any(submission.path.exists() for submission in submissions)
    assert [s.student for s in submissions] == ["one/ada", "bo", "two/ada"]
    assert submissions[0].where == f"one/ada/{VIT}.py"
    assert {str(item.path) for item in others} == {"two/cy"}


def test_without_a_zip_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_archives([tmp_path, tmp_path / "essay.txt"]) as opened:
        assert (opened.paths, opened.refused) == ([tmp_path, tmp_path / "essay.txt"], [])
        assert not list(tmp_path.iterdir())
    path = zipped(tmp_path / "x.zip", [(f"{VIT}.py", b"")])
    with open_archives([path]) as opened:
        (folder,) = opened.paths
        assert tmp_path in folder.parents
    assert list(tmp_path.iterdir()) == [path]


def test_two_zips_of_one_name_are_two(write: Write, tmp_path: Path) -> None:
    for section in ("a", "b"):
        (tmp_path / section).mkdir()
        zipped(tmp_path / section / "ada.zip", [(f"{VIT}.py", section.encode())])
    submissions, _ = in_zips(tmp_path / "a" / "ada.zip", tmp_path / "b" / "ada.zip")
    assert [s.student for s in submissions] == ["ada", "ada~"]


def test_files_keep_the_times_they_have_in_the_zip(tmp_path: Path) -> None:
    def at(name: str, day: int) -> zipfile.ZipInfo:
        return zipfile.ZipInfo(name, (2026, 3, day, 12, 0, 0))

    path = zipped(
        tmp_path / "ada.zip", [(at("new.py", 9), DEFINES_VIT.encode()), (at("a.py", 1), b"")]
    )
    with open_archives([path]) as opened:
        (folder,) = opened.paths
        times = {f.name: time.localtime(f.stat().st_mtime)[:4] for f in folder.iterdir()}
    assert times == {"new.py": (2026, 3, 9, 12), "a.py": (2026, 3, 1, 12)}
    odd = zipfile.ZipInfo(f"{VIT}.py")
    odd.date_time = (1980, 0, 0, 31, 63, 62)
    assert len(in_zips(zipped(tmp_path / "odd.zip", [(odd, b"")]))[0]) == 1


def test_links_and_special_files_in_a_zip_are_refused(tmp_path: Path) -> None:
    entries = []
    for name, kind in (("link.py", stat.S_IFLNK), ("pipe.py", stat.S_IFIFO)):
        entry = zipfile.ZipInfo(f"ada/{name}")
        entry.external_attr = (kind | 0o777) << 16
        entries.append((entry, b"/etc/passwd"))
    submissions, others = in_zips(zipped(tmp_path / "x.zip", [*entries, (f"ada/{VIT}.py", b"")]))
    assert [s.student for s in submissions] == ["ada"]
    assert [(o.path.name, o.why.split(" in an archive")[0]) for o in others] == [
        ("link.py", "a symbolic link"),
        ("pipe.py", "a special file"),
    ]


NASTY = st.lists(
    st.sampled_from(
        [
            *("..", ".", "", "/", "a", "b.py", f"{VIT}.py", "C:", "\\", "..\\x", "a\0b", "é"),
            *("~", "a" * 300, "\ud800", "con", "a:b", " ", "\n"),
        ]
    ),
    min_size=1,
    max_size=5,
).map("/".join)


@given(st.lists(NASTY, max_size=6), st.sampled_from([0, stat.S_IFLNK, stat.S_IFREG, stat.S_IFDIR]))
@examples(150)
def test_no_zip_writes_outside_its_folder(names: list[str], kind: int) -> None:
    with tempfile.TemporaryDirectory() as top:
        inside = Path(top, "x", "y", "z")
        inside.mkdir(parents=True)
        path = Path(top, "x", "evil.zip")
        entries = []
        for name in dict.fromkeys(names):
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name  # the constructor would change it
            entry.external_attr = (kind | 0o644) << 16
            with contextlib.suppress(UnicodeEncodeError):  # not to be had in a zip
                entry.filename.encode()
                entries.append((entry, b"" if name.endswith("/") else b"x"))
        zipped(path, entries)
        before = set(Path(top).rglob("*"))
        refused, _ = unpack.unpack(path, inside, unpack.Budget(2**30, 1000))
        made = set(Path(top).rglob("*")) - before
        assert all(inside in file.parents and not file.is_symlink() for file in made)
        # Each entry is there or was refused.
        if not any(name.endswith("/") for name in names):
            files = [file for file in made if not file.is_dir()]
            assert len(entries) == len(refused) + len(files)


def test_names_that_can_t_be_written_are_named(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "x.zip",
        [
            (f"ada/{VIT}.py", b"1"),
            (f"ada/{VIT}.py/x.py", b"2"),
            (f"ada/./{VIT}.py", b"3"),
            (f"cy\\{VIT}.py", b""),
            (f"bo/{'a' * 300}.py", b""),
            ("/".join(["d"] * 60), b""),
            (f"/abs/{CLS}.py", b""),
            (f"../{CLS}.py", b""),
            (f"ada/{CLS}.py", b""),
        ],
    )
    with open_archives([path]) as opened:
        submissions, others = both(opened.paths)
        others = [*opened.refused, *others]
        assert submissions[1].read().file == b"1"
    assert [(s.student, s.problem_id) for s in submissions] == [("ada", CLS), ("ada", VIT)]
    taken = "the archive has another file or folder of this name, which was unpacked"
    assert [item.why for item in others] == [
        *(taken, taken, "its name in the archive leads out of the folder, so it was not unpacked"),
        "its name can't be written here, so it was not unpacked",
        "it lies more than 40 folders deep, so it was not unpacked",
        "its name in the archive leads out of the folder, so it was not unpacked",
        "its name in the archive leads out of the folder, so it was not unpacked",
    ] + [item.why for item in others[7:]]
    assert [item.path.name for item in others[7:]] == ["bo"]


def test_a_file_that_is_never_read_takes_no_room(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", [(f"ada/{VIT}.py", b"1"), ("ada/model.npz", bytes(10**6))])
    with open_archives([path]) as opened:
        (folder,) = opened.paths
        assert {file.name: file.stat().st_size for file in (folder / "ada").iterdir()} == {
            f"{VIT}.py": 1,
            "model.npz": 0,
        }


def test_too_large_a_file_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "LARGEST_FILE", 2**20)
    path = zipped(tmp_path / "x.zip", [("ada/x.py", bytes(2**21)), (f"ada/{VIT}.py", b"")])
    submissions, others = in_zips(path)
    assert len(submissions) == 1
    assert [item.why for item in others] == ["it has more than 1 MiB, so it was not unpacked"]


def test_a_zip_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zipped(tmp_path / "x.zip", [(f"{n}/x.py", bytes(2**20)) for n in range(4)])
    monkeypatch.setattr(archives, "MOST_BYTES", 3 * 2**20)
    with pytest.raises(ArchiveError, match=r"x\.zip has too much code in it to unpack"):
        in_zips(path)
    monkeypatch.setattr(archives, "MOST_ENTRIES", 3)
    with pytest.raises(ArchiveError, match=r"x\.zip has more than 3 files in it"):
        in_zips(path)


def test_what_a_zip_says_of_sizes_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its header says that a file is small; reading stops at the bound or at the lie."""
    path = zipped(tmp_path / "x.zip", [("ada/x.py", bytes(2**22))])
    data = path.read_bytes().replace((2**22).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    path.write_bytes(data)
    submissions, others = in_zips(path)
    assert not submissions
    assert others[0].why.startswith("it is damaged")


def test_an_encrypted_file_stops_nobody(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", [(f"ada/{VIT}.py", b""), (f"bo/{VIT}.py", b"")])
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    submissions, others = in_zips(path)
    assert [s.student for s in submissions] == ["bo"]
    assert str(others[0].path) == f"{path}/ada/{VIT}.py"
    assert others[0].why.startswith("it is encrypted")


@pytest.mark.parametrize("size", [0, 10, 100])
def test_half_a_zip_is_refused(tmp_path: Path, size: int) -> None:
    path = zipped(tmp_path / "x.zip", [(f"{VIT}.py", b"x" * 500)])
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ArchiveError, match=r"x\.zip is damaged or no zip .* Download it again\."):
        in_zips(path)


@given(st.data())
@examples(150)
def test_any_bytes_are_a_zip_or_refused(data: st.DataObject) -> None:
    buffer = io.BytesIO()
    method = data.draw(
        st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    )
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("ada/x.py", b"def patch_embed_cls(): " * 9)
        archive.writestr("bo/", b"")
    mutated = bytearray(buffer.getvalue())
    for place in data.draw(st.lists(st.integers(0, len(mutated) - 1), max_size=4)):
        mutated[place] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as top:
        path = Path(top, "x.zip")
        path.write_bytes(mutated)
        with contextlib.suppress(ArchiveError):
            in_zips(path)
