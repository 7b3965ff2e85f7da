"""Archives: read as the folder that they were made of, and nothing in them leaves its place."""

from __future__ import annotations

import contextlib
import gzip
import io
import stat
import tarfile
import tempfile
import time
import tracemalloc
import zipfile
import zlib
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
    problems,
    zipped,
)

import grader.submissions.archives as archives
import grader.submissions.unpack as unpack
import grader.submissions.unpack_entries as unpack_entries
from grader.common.errors import ArchiveError
from grader.submissions import (
    LARGEST,
    NotUnderstood,
    Submission,
    Unreadable,
    find_submissions,
    open_archives,
)
from grader.submissions.archive_entries import Budget
from grader.submissions.hidden_names import HIDDEN
from grader.submissions.unpack_entries import Unpacking


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
        refused, _ = unpack.unpack(path, inside, Budget(2**30, 1000, 2**30))
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


def on_disk(folder: Path) -> int:
    """The bytes that it takes, by the blocks of its files."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))


@pytest.mark.parametrize("name", [f"{CLS}.py", f"{CLS}.ipynb"])
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_too_large_a_file_is_neither_read_nor_written(
    name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its student learns why, and it takes no room, whatever the bound on the room is."""
    monkeypatch.setattr(archives, "LEAST_BYTES", 2**16)
    size = LARGEST[Path(name).suffix] + 1
    if kind == "zip":
        path = zipped(tmp_path / "x.zip", [(f"ada/{name}", bytes(size)), (f"bo/{CLS}.py", b"")])
    else:
        path = tarred(tmp_path / "x.tar.gz", {f"ada/{name}": bytes(size), f"bo/{CLS}.py": b""})
    with open_archives([path]) as opened:
        assert on_disk(opened.paths[0]) < 2**16
        (ada, bo), others = both(opened.paths)
        assert (ada.student, bo.student, others) == ("ada", "bo", [])
        with pytest.raises(Unreadable, match=f"has more than {size // 2**20} MiB"):
            ada.read()


def test_too_large_an_archive_in_an_archive_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack_entries, "LARGEST_FILE", 2**20)
    path = zipped(tmp_path / "x.zip", [("ada/x.zip", bytes(2**21)), (f"ada/{VIT}.py", b"")])
    submissions, others = in_zips(path)
    assert len(submissions) == 1
    assert [item.why for item in others] == ["it has more than 1 MiB, so it was not unpacked"]


def test_a_zip_has_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of a zip are seen before anything is written."""
    files = {f"{n}/x.py": bytes(2**20) for n in range(4)}
    paths = [zipped(tmp_path / "x.zip", files.items()), tarred(tmp_path / "x.tar.gz", files)]
    bounds = [
        ("MOST_BYTES", 3 * 2**20, "has too much in it to unpack"),
        ("LEAST_WORK", 3 * 2**20, "has too much in it to unpack"),
        ("MOST_ENTRIES", 3, "has more than 3 files and folders in it"),
        ("MOST_ENTRIES", 7, "has more than 7 files and folders in it"),
    ]
    monkeypatch.setattr(archives, "WORK_TIMES", 1)
    for name, most, why in bounds:
        for path in paths:
            with monkeypatch.context() as patched:
                patched.setattr(archives, name, most)
                with pytest.raises(ArchiveError, match=f"{path.name} {why}"):
                    in_zips(path)
                if path.suffix == ".zip" and name != "LEAST_WORK":
                    patched.setattr(Unpacking, "add", None)  # never called
                    with pytest.raises(ArchiveError, match=f"{path.name} {why}"):
                        in_zips(path)
    assert [len(in_zips(path)[1]) for path in paths] == [4, 4]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_folders_are_made_for_files_only(kind: str, tmp_path: Path) -> None:
    """4.7 MB of names of folders became 720,000 folders."""
    names = [f"{n}/{'/'.join('abcdefgh')}/" for n in range(300)] + ["ada/", f"ada/{CLS}.py"]
    if kind == "zip":
        path = zipped(tmp_path / "x.zip", [(name, b"") for name in names])
    else:
        path = tmp_path / "x.tar"
        with tarfile.open(path, "w") as archive:
            for name in names:
                entry = tarfile.TarInfo(name)
                entry.type = tarfile.DIRTYPE if name.endswith("/") else tarfile.REGTYPE
                archive.addfile(entry)
    with open_archives([path]) as opened:
        (folder,) = opened.paths
        assert sorted(p.name for p in folder.rglob("*")) == ["ada", f"{CLS}.py"]
        assert len(opened.refused) == 101
        assert "200 more" in opened.refused[-1].why


def test_empty_folders_are_named(tmp_path: Path) -> None:
    names = ("ada/", f"ada/{CLS}.py", "ada/data/", "cy/", "cy/src/")
    path = zipped(tmp_path / "x.zip", [(name, b"") for name in names])
    with open_archives([path]) as opened:
        said = [(str(item.path), item.why, item.work) for item in opened.refused]
    assert said == [(f"{path}/{name}", "an empty folder", False) for name in ("ada/data", "cy")]


def test_hidden_files_are_listed_and_those_of_tools_are_not(tmp_path: Path) -> None:
    names = [
        *(f"ada/.{CLS}.py", "ada/.work/a.py", "ada/.work/b/c.py", f"bo/{CLS}.py"),
        *("ada/.git/HEAD", "ada/.DS_Store", f"__MACOSX/ada/._{CLS}.py", "bo/.idea/x", ".top/x"),
    ]
    for path in (
        zipped(tmp_path / "x.zip", [(name, b"x") for name in names]),
        tarred(tmp_path / "x.tar", dict.fromkeys(names, b"x")),
    ):
        submissions, others = in_zips(path)
        assert [s.student for s in submissions] == ["bo"]
        assert {
            str(item.path): item.why for item in others if item.path.name != "ada"
        } == dict.fromkeys((f"x/ada/.{CLS}.py", "x/ada/.work", "x/.top"), HIDDEN)


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


# --- names ----------------------------------------------------------------------------------------


def renamed(path: Path, names: dict[bytes, bytes], system: int = 0) -> Path:
    """A zip with these bytes as folders' names, without the flag for UTF-8, made by this system."""
    with zipfile.ZipFile(path, "w") as archive:
        for short in names:
            entry = zipfile.ZipInfo(f"{short.decode()}/{CLS}.py")
            entry.create_system = system
            archive.writestr(entry, b"")
    data = path.read_bytes()
    for short, name in names.items():
        assert len(short) == len(name)
        data = data.replace(short, name)
    path.write_bytes(data)
    return path


def choices(path: Path) -> list[str]:
    with open_archives([path]) as opened:
        return opened.choices


NAMES = {
    "cp850": ["João", "Zoë1"],
    "cp852": ["Łukasz Żak", "Jiří Dvořák"],
    "cp866": ["Иван Петров", "Анна"],
    "gb2312": ["李小龙", "王伟"],
}


@pytest.mark.parametrize(
    ("page", "system", "said"),
    [
        *(("utf-8", 0, ""), ("utf-8", 3, ""), ("cp437", 0, "cp437"), ("cp850", 0, "cp850")),
        *((page, 0, page) for page in ("cp852", "cp866", "gb2312")),
        ("cp1252", 3, "cp1252"),
    ],
)
def test_names_in_any_code_page(page: str, system: int, said: str, tmp_path: Path) -> None:
    """UTF-8 if the bytes are; else the page of that system in which the names look most right."""
    names = NAMES.get(page, ["Zoë1", "Ülo2"])
    coded = [name.encode(page) for name in names]
    shorts = {(b"ab"[n : n + 1] * len(name)): name for n, name in enumerate(coded)}
    path = renamed(tmp_path / "x.zip", shorts, system)
    assert {s.student for s in in_zips(path)[0]} == set(names)
    assert [f"code page {said};" in one for one in choices(path)] == [True] * bool(said)


def test_a_name_of_macos_is_shown_as_everybody_writes_it(tmp_path: Path) -> None:
    apart = "Zoe\u0308"
    path = renamed(tmp_path / "x.zip", {b"a" * 5: apart.encode()}, 3)
    (submission,), _ = in_zips(path)
    assert submission.student == "Zoë"


def test_the_name_in_the_extra_field_counts(tmp_path: Path) -> None:
    raw = f"abc/{CLS}.py".encode()
    data = b"\1" + zlib.crc32(raw).to_bytes(4, "little") + f"Łuk/{CLS}.py".encode()
    entry = zipfile.ZipInfo(raw.decode())
    entry.extra = (0x7075).to_bytes(2, "little") + len(data).to_bytes(2, "little") + data
    (submission,), _ = in_zips(zipped(tmp_path / "x.zip", [(entry, b"")]))
    assert submission.student == "Łuk"


def test_two_names_of_one_look_are_two(tmp_path: Path) -> None:
    """They differ by case, or by how the accent is written."""
    names = ("ada", "Ada", "Zoe\u0308", "Zoë")
    path = zipped(tmp_path / "x.zip", [(f"{n}/{CLS}.py", n.encode()) for n in names])
    with open_archives([path]) as opened:
        submissions, _ = both(opened.paths)
        assert {s.read().file.decode() for s in submissions} == set(names)
    assert len({s.student for s in submissions}) == 4


def test_a_backslash_separates_if_nothing_else_does(tmp_path: Path) -> None:
    files = [(f"class\\{name}\\{CLS}.py", b"") for name in ("ada", "bo")]
    submissions, others = in_zips(zipped(tmp_path / "x.zip", files))
    assert ({s.student for s in submissions}, others) == ({"ada", "bo"}, [])
    dos = zipfile.ZipInfo("class/")
    dos.create_system = 0
    entries = [zipfile.ZipInfo(name) for name, _ in files]
    for entry in entries:
        entry.create_system = 0
    mixed = zipped(tmp_path / "y.zip", [(dos, b""), *((entry, b"") for entry in entries)])
    assert {s.student for s in in_zips(mixed)[0]} == {"ada", "bo"}
    evil = zipped(tmp_path / "evil.zip", [(f"..\\..\\{CLS}.py", b""), (f"C:\\{CLS}.py", b"")])
    submissions, others = in_zips(evil)
    assert not submissions
    assert all("leads out of the folder" in item.why for item in others[:2])


# --- archives in archives -------------------------------------------------------------------------


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def nested(levels: int) -> bytes:
    data = packed({f"{CLS}.py": b"deep"})
    for _ in range(levels - 1):
        data = packed({"hw.zip": data})
    return data


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 9])
def test_three_levels_are_unpacked(levels: int, tmp_path: Path) -> None:
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "ada.zip").write_bytes(nested(levels))
    (tmp_path / "class" / "bo.zip").write_bytes(nested(1))
    submissions, others = in_zips(tmp_path / "class")
    assert [s.student for s in submissions] == (["ada", "bo"] if levels < 4 else ["bo"])
    deep = [item for item in others if "more than 3 archives deep" in item.why]
    assert len(deep) == (levels > 3)


def test_what_is_wrong_with_one_stops_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    whole = packed({f"{CLS}.py": b"x" * 500})
    crooked = bytearray(whole)
    crooked[45] ^= 255
    bad = {
        "cut": whole[:50],
        "none": b"",
        "crooked": bytes(crooked),
        "bomb": packed({f"{n}.py": bytes(2**20) for n in range(80)}),
        "many": packed({f"{n}.py": b"" for n in range(archives.MOST_ENTRIES_INSIDE + 1)}),
    }
    for name, data in {**bad, "ada": whole}.items():
        (folder / f"{name}.zip").write_bytes(data)
    zipped(tmp_path / "class.zip", [(f.name, f.read_bytes()) for f in folder.iterdir()])
    for path in (folder, tmp_path / "class.zip"):
        submissions, others = in_zips(path)
        assert [s.student for s in submissions] == ["ada"]
        named = " ".join(str(item.path) for item in others)
        assert all(f"{name}.zip" in named for name in bad)


def test_one_student_leaves_room_for_the_others(tmp_path: Path) -> None:
    """Each unpacks to as much as one may; the class's limit is for those that are kept."""
    bomb = packed({f"{n}.py": bytes(2**20) for n in range(80)})
    names = [f"eve{n}.zip" for n in range(6)]
    files = [*((name, bomb) for name in names), ("zoe.zip", nested(1))]
    submissions, _ = in_zips(zipped(tmp_path / "class.zip", files))
    assert [s.student for s in submissions] == ["zoe"]


def test_bombs_in_one_archive_share_its_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 of 60 kB took minutes while each was given the room anew."""
    monkeypatch.setattr(archives, "LEAST_BYTES_INSIDE", 2**22)
    monkeypatch.setattr(archives, "LEAST_WORK_INSIDE", 2**22)
    # The directory of a zip would say it.
    bomb = tarred(tmp_path / "bomb.tgz", {f"{n}.py": bytes(2**20) for n in range(5)}).read_bytes()
    unpacked = 0
    real = archives.unpack

    def counted(path: Path, folder: Path, budget: Budget) -> object:
        nonlocal unpacked
        before = budget.work
        try:
            return real(path, folder, budget)
        finally:
            unpacked += before - budget.work

    monkeypatch.setattr(archives, "unpack", counted)
    (tmp_path / "class").mkdir()
    files = [(f"{n}.tgz", bomb) for n in range(100)]
    zipped(tmp_path / "class" / "eve.zip", files)
    zipped(tmp_path / "class" / "zoe.zip", [(f"{CLS}.py", b"")])
    submissions, _ = in_zips(tmp_path / "class")
    assert [s.student for s in submissions] == ["zoe"]
    assert unpacked < 4 * 2**22


def test_an_archive_beside_its_folder_is_the_same_student_s(tmp_path: Path, write: Write) -> None:
    write(f"class/ada/{CLS}.py")
    write(f"class/bo/{CLS}.py")
    zipped(tmp_path / "class" / "ada.zip", [(f"{CLS}.py", b"")])
    assert [s.student for s in in_zips(tmp_path / "class")[0]] == ["ada", "bo"]
    assert [s.student for s in in_zips(*sorted((tmp_path / "class").iterdir()))[0]] == ["ada", "bo"]


def test_methods_that_take_any_memory_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, method in (("ada", 14), ("bo", 12), ("cy", 8), ("dee", 0)):
            archive.writestr(f"{name}/{CLS}.py", b"x", method)
    submissions, others = in_zips(path)
    assert [s.student for s in submissions] == ["cy", "dee"]
    assert [item.why.split(",")[0] for item in others[:2]] == [
        "it is compressed by LZMA",
        "it is compressed by bzip2",
    ]


@pytest.mark.parametrize("name", ["x.rar", "x.7z", "x.tar.xz", "x.pdf", "x.docx", "x.py.gz"])
@pytest.mark.parametrize("only", [True, False])
def test_other_files_are_named_and_never_a_submission(
    name: str, only: bool, write: Write, tmp_path: Path
) -> None:
    path = write(f"class/{name}", b"def patch_embed_cls(): ...")
    entries = problems()[:1] if only else problems()
    for paths in ([path], [tmp_path / "class"]):
        found = find_submissions(paths, entries)
        assert not found.submissions
        assert name in {item.path.name for item in found.not_understood}


# --- tar ------------------------------------------------------------------------------------------


def tarred(path: Path, files: dict[str, bytes], **changes: object) -> Path:
    """changes: to the entries' fields."""
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            vars_of = {"mtime": 1_000_000_000, **changes}
            for field, value in vars_of.items():
                setattr(entry, field, value)
            archive.addfile(entry, io.BytesIO(data))
    return path


@pytest.mark.parametrize("name", ["class.tar", "class.tar.gz", "class.TGZ".lower()])
def test_a_tar_is_read_like_a_zip(name: str, tmp_path: Path) -> None:
    files = {
        f"class/{who}/{CLS}.py": who.encode() * size for who, size in (("ada", 200), ("bo", 1))
    }
    path = tarred(tmp_path / name, {**files, "class/ada/x.bin": bytes(99_999)})
    with open_archives([path]) as opened:
        submissions, others = both(opened.paths)
        assert {s.student: s.read().file for s in submissions} == {"ada": b"ada" * 200, "bo": b"bo"}
        assert submissions[0].path.stat().st_mtime == 1_000_000_000
    assert not [*others, *opened.refused]


@pytest.mark.parametrize("kind", [*(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE), b"6", b"S"])
def test_links_and_devices_in_a_tar_are_refused(kind: bytes, tmp_path: Path) -> None:
    path = tarred(tmp_path / "x.tar", {f"ada/{CLS}.py": b""}, type=kind, linkname="/etc/passwd")
    submissions, others = in_zips(path)
    assert not submissions
    assert "which is not unpacked" in others[0].why


def test_a_tar_cut_off_says_what_is_missing(tmp_path: Path) -> None:
    path = tarred(
        tmp_path / "x.tar", {f"{who}/{CLS}.py": b"x" * 600 for who in ("ada", "bo", "cy")}
    )
    data = bytearray(path.read_bytes())
    data[2 * 1536 : 2 * 1536 + 512] = b"?" * 512  # the third header
    path.write_bytes(data)
    submissions, others = in_zips(path)
    assert [s.student for s in submissions] == ["ada", "bo"]
    assert others[0].why.startswith("it is damaged after 2 files")


def test_no_header_of_a_tar_takes_memory(tmp_path: Path) -> None:
    """A pax header of 200 MiB is a few kB in gzip."""
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 200 * 2**20
    path = tmp_path / "x.tar.gz"
    with gzip.open(path, "wb") as file:
        file.write(header.tobuf())
        for _ in range(200):
            file.write(bytes(2**20))
    tracemalloc.start()
    with pytest.raises(ArchiveError, match="too large a header"):
        in_zips(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 2**20


@given(st.data())
@examples(150)
def test_any_bytes_are_a_tar_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as top:
        name = data.draw(st.sampled_from(["x.tar", "x.tgz"]))
        path = tarred(
            Path(top, name), {"ada/x.py": b"def patch_embed_cls(): " * 30, "bo/y.py": b""}
        )
        mutated = bytearray(path.read_bytes())
        for place in data.draw(st.lists(st.integers(0, len(mutated) - 1), max_size=4)):
            mutated[place] = data.draw(st.integers(0, 255))
        path.write_bytes(mutated)
        with contextlib.suppress(ArchiveError):
            in_zips(path)


TREE = st.recursive(
    st.dictionaries(
        NASTY.map(lambda n: n.replace("\ud800", "").replace("\0", "") or "x"),
        st.just(b"x"),
        max_size=4,
    ),
    lambda inner: st.dictionaries(
        st.sampled_from(["a.zip", "b/c.zip", f"{VIT}.py", "d.tar", "e.rar"]),
        st.just(b"patch_embed_cls = 1") | inner.map(packed),
        max_size=4,
    ),
    max_leaves=5,
)


@given(TREE, st.booleans())
@examples(100)
def test_of_any_archives_nobody_is_lost(tree: dict[str, bytes], as_folder: bool) -> None:
    """Every file and archive at the top is a submission or has a word on it; nothing gets out."""
    with tempfile.TemporaryDirectory() as top:
        path = Path(top, "class.zip")
        files = {n: d if isinstance(d, bytes) else packed(d) for n, d in tree.items()}
        path.write_bytes(packed(files))
        if as_folder:
            folder = Path(top, "class")
            folder.mkdir()
            path = path.rename(folder / "ada.zip").parent
        before = set(Path(top).rglob("*"))
        with contextlib.suppress(ArchiveError):
            submissions, others = in_zips(path)
            assert submissions or others
        assert set(Path(top).rglob("*")) == before
