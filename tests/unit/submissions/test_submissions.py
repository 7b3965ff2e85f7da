"""Finding submissions: every file and folder ends up graded or explained, whatever it is called."""

from __future__ import annotations

import os
import tracemalloc
import unicodedata
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook
from support.fuzzing import examples
from support.submissions import CLS, DEFINES_VIT, VIT, Write, both, problems

import grader.submissions.choose_file as choose_file
from grader.submissions import LARGEST, Submission, Unreadable, find_submissions
from grader.submissions.entry_point import Trace, code_text, find_entry_point

SOLVED = DEFINES_VIT.replace("...", "return image")
DEFINES_CLS = "patch_embed_cls = lambda *a: 0"


def found(*paths: Path) -> list[tuple[str, str, str]]:
    """Student, file and problem of each submission; all else must be second choices."""
    submissions, others = both(paths)
    assert all("is for this problem too" in item.why for item in others)
    return [(s.student, s.path.name, s.problem_id) for s in submissions]


def unknown(*paths: Path) -> list[tuple[str, str]]:
    submissions, not_understood = both(paths)
    assert not submissions
    return [(item.path.name, item.why) for item in not_understood]


def only(path: Path) -> Submission:
    (submission,), others = both([path])
    assert {item.why for item in others} <= set(submission.notes)
    return submission


def test_a_folder_of_students(write: Write, tmp_path: Path) -> None:
    write(f"ada/{VIT}.py")
    write(f"ada/{CLS}.ipynb")
    write("bo/week 3/solution.py", DEFINES_CLS)
    assert found(tmp_path) == [
        ("ada", f"{CLS}.ipynb", CLS),
        ("ada", f"{VIT}.py", VIT),
        ("bo", "solution.py", CLS),
    ]


def test_one_student_and_one_file(write: Write, tmp_path: Path) -> None:
    path = write(f"ada/{VIT}.py")
    assert found(tmp_path / "ada") == found(path) == [("ada", f"{VIT}.py", VIT)]


def test_one_file_may_hold_both_problems(write: Write) -> None:
    path = write("ada/homework.py", f"{DEFINES_CLS}\n{DEFINES_VIT}")
    assert found(path) == [("ada", "homework.py", CLS), ("ada", "homework.py", VIT)]


def test_the_whole_homework_by_the_name_of_one_problem_counts_for_both(
    write: Write, tmp_path: Path
) -> None:
    """Unless there is another file for it."""
    path = write(f"ada/{VIT}.py", f"{DEFINES_CLS}\n{DEFINES_VIT}")
    submissions, others = both([tmp_path])
    assert [(s.problem_id, s.path, s.notes) for s in submissions] == [
        (CLS, path, (f"ada/{VIT}.py defines `{CLS}`, so it counts here too.",)),
        (VIT, path, ()),
    ]
    assert others == []
    write("ada/other.py", DEFINES_CLS)
    assert [(s.student, s.path.name, s.problem_id) for s in both([tmp_path])[0]] == [
        ("ada", "other.py", CLS),
        ("ada", f"{VIT}.py", VIT),
    ]
    assert "(with another problem's name)" in both([tmp_path])[0][0].notes[0]


@pytest.mark.parametrize(
    "text",
    [
        "def patch_embed_forward(seed):",
        "async  def  patch_embed_forward(seed):".replace("  ", " "),
        "class patch_embed_forward:",
        "patch_embed_forward = jit(f)",
        "patch_embed_forward: Callable = f",
        "from mine import f as patch_embed_forward",
        '{"source": ["def patch_embed_forward(seed):\\n"]}',
    ],
)
def test_a_definition_is_recognised(text: str, write: Write) -> None:
    assert found(write("ada/hw.py", text)) == [("ada", "hw.py", VIT)]


@pytest.mark.parametrize(
    "text",
    ["patch_embed_forward(1)", "# patch_embed_forward", "my_patch_embed_forward = 1", "f == 2"],
)
def test_a_mention_is_no_definition(text: str, write: Write) -> None:
    ((name, why),) = unknown(write("ada/hw.py", text))
    assert name == "hw.py"
    assert "none that defines `patch_embed_cls`, `patch_embed_forward`" in why


def test_an_older_file_with_the_problem_s_name_and_a_newer_without_are_both_graded(
    write: Write, tmp_path: Path
) -> None:
    write("ada/aaa.py", SOLVED, when=2_000_000_000)
    write(f"ada/{VIT}.py", SOLVED, when=1_000_000_000)
    assert chosen(tmp_path) == ([f"{VIT}.py", "aaa.py"], [])
    assert only(tmp_path).notes == (
        "Each of these may be the newest, so each is graded and the best counts: "
        f"ada/{VIT}.py, ada/aaa.py.",
    )


def test_of_two_files_the_newer_is_graded_and_the_report_says_so(
    write: Write, tmp_path: Path
) -> None:
    write(f"ada/{VIT}.py", when=1_000_000_000)
    write(f"ada/{VIT}.ipynb", when=1_000_000_100)
    assert chosen(tmp_path) == ([f"{VIT}.ipynb"], [f"{VIT}.py"])
    assert only(tmp_path).read().notebook
    assert only(tmp_path).notes == (
        f"For this problem too, and passed over: ada/{VIT}.py (older).",
    )


def chosen(path: Path) -> tuple[list[str], list[str]]:
    """The names of the files that may be the newest, and of those that are tried after them."""
    first = only(path)
    files = [first, *first.others]
    newest = [file.path.name for file in files if file.newest]
    return newest, [file.path.name for file in files if not file.newest]


TEMPLATE = problems()[1].folder.joinpath("stub.py").read_text()


def cells(*sources: str) -> str:
    """A notebook's text."""
    made = [new_code_cell(source) for source in sources]  # type: ignore[no-untyped-call]
    return str(nbformat.writes(new_notebook(cells=made)))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "template",
    [
        TEMPLATE,
        TEMPLATE.replace("Args:", "Arguments:").replace("    raise", "    # TODO\n    raise"),
        TEMPLATE.replace("\n", "\r\n"),
        "def patch_embed_forward(\n    seed: int,\n    image=(1, 2),\n):\n    pass\n",
        DEFINES_VIT,
    ],
)
@pytest.mark.parametrize("notebook", [False, True])
@pytest.mark.parametrize(
    "name", [VIT, f"{VIT}-Copy1", f"{VIT} (3)", f"{VIT}_final", "stub", "another"]
)
def test_a_template_never_counts_beside_a_started_file(
    template: str, notebook: bool, name: str, write: Write, tmp_path: Path
) -> None:
    """Whatever its name, its form, its folder or its time."""
    text = cells("import numpy", template, "check(patch_embed_forward)") if notebook else template
    write(f"ada/notebooks/{name}{'.ipynb' if notebook else '.py'}", text, when=2_000_000_000)
    write("ada/hw/mine.py", SOLVED, when=1_000_000_000)
    assert chosen(tmp_path) == (["mine.py"], [])
    assert len(both([tmp_path])[1]) == 1
    assert "(still the template)" in only(tmp_path).notes[0]


@pytest.mark.parametrize(
    "started",
    [
        TEMPLATE.replace("raise NotImpl", "image = image + 0\n    raise NotImpl"),
        TEMPLATE + "\npatch_embed_forward = lambda *a: a[1]\n",
        TEMPLATE + SOLVED,
        "class patch_embed_forward:\n    pass\n",
        "from mine import f as patch_embed_forward\n",
        "get_ipython().run_cell_magic('time', '', 'import numpy\\ndef patch_embed_forward(*a):\\n"
        " return 1')",
    ],
)
def test_what_was_begun_is_no_template(started: str) -> None:
    entry = problems()[1]
    assert find_entry_point(code_text(Path("a.py"), started.encode()), entry) is Trace.DEFINES


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (f"{VIT}.py", f"{VIT}-1.py"),
        (f"{VIT}-2.py", f"{VIT}-10.py"),
        (f"{VIT}.py", f"{VIT} (1).py"),
        (f"{VIT}_v1.py", f"{VIT}_v2.ipynb"),
        (f"{VIT}.ipynb", f"{VIT}-Copy1.ipynb"),
        (f"{VIT} copy.py", f"{VIT} copy 2.py"),
        (f"{VIT} - Copy.py", f"{VIT} - Copy (2).py"),
        (f"{VIT}_final.py", f"{VIT}_final_v2.py"),
        (f"{VIT}_2026-03-01.py", f"{VIT}_2026-03-03.py"),
        (f"20260301_{VIT}.py", f"20260303_{VIT}.py"),
        (f"{VIT}_attempt_2026-03-03-09-00-00.py", f"{VIT}_attempt_2026-03-03-10-00-00.py"),
        (f"attempt1/{VIT}.py", f"attempt2/{VIT}.py"),
        (f"v9/{VIT}.py", f"v10/{VIT}.ipynb"),
        (f"2026-03-01 10.00/{VIT}.py", f"2026-03-01 11.00/{VIT}.py"),
    ],
)
def test_of_attempts_in_names_the_newest_counts(
    older: str, newer: str, write: Write, tmp_path: Path
) -> None:
    write(f"ada/{older}", SOLVED, when=1_000_000_001)
    write(f"ada/{newer}", SOLVED, when=1_000_000_000)
    names = [[Path(name).name] for name in (newer, older)]
    assert chosen(tmp_path) == (names[0], names[1])


def test_names_and_times_that_contradict_each_other_decide_nothing(
    write: Write, tmp_path: Path
) -> None:
    """A copy may be a backup that was made before the last changes."""
    write(f"ada/{VIT}-Copy1.ipynb", SOLVED, when=1_000_000_000)
    write(f"ada/{VIT}.ipynb", SOLVED, when=1_000_009_000)
    assert chosen(tmp_path) == ([f"{VIT}-Copy1.ipynb", f"{VIT}.ipynb"], [])


def test_of_files_of_one_moment_each_is_graded(write: Write, tmp_path: Path) -> None:
    write("ada/b.py", SOLVED, when=1_000_000_000)
    write("ada/a.py", SOLVED, when=1_000_000_000)
    assert chosen(tmp_path) == (["a.py", "b.py"], [])


def test_modules_are_the_other_files_of_code_by_their_path_from_the_file(
    write: Write, tmp_path: Path
) -> None:
    for name in ("helper.py", "utils/cut.py", "../src/model.py", "notes.ipynb", "data.csv"):
        write(f"ada/hw/{name}")
    write(f"ada/hw/{VIT}.ipynb", cells(SOLVED))
    assert [name for name, _ in only(tmp_path).modules] == [
        *("helper.py", "utils/cut.py", "../src/model.py", "notes.ipynb")
    ]
    assert set(only(tmp_path).read().modules) == {
        *("helper.py", "utils/cut.py", "../src/model.py", "notes.ipynb")
    }
    assert {path.name for path in only(tmp_path).paths} == {
        *(f"{VIT}.ipynb", "helper.py", "cut.py", "model.py", "notes.ipynb")
    }


def test_modules_are_bounded(write: Write, tmp_path: Path) -> None:
    write(f"ada/{VIT}.py", SOLVED)
    for number in range(10):
        write(f"ada/h{number}.py", "#" * 2**19)
    assert len(only(tmp_path).modules) == 8
    for number in range(50):
        write(f"ada/h{number}.py", "#")
    assert len(only(tmp_path).modules) == 30


def test_a_copy_of_a_module_has_the_name_that_is_imported(write: Write, tmp_path: Path) -> None:
    """Browsers and learning systems add a number."""
    write(f"ada/{VIT}.py", SOLVED)
    copy, exact = write("ada/helper (1).py", when=2_000_000_000), write("ada/cut.py")
    write("ada/cut-1.py", when=2_000_000_000)
    found = dict(only(tmp_path).modules)
    assert found["helper.py"] == found["helper (1).py"] == copy
    assert found["cut.py"] == exact


def test_a_module_that_is_too_large_keeps_no_other_out(write: Write, tmp_path: Path) -> None:
    write(f"ada/{VIT}.py", SOLVED)
    write("ada/data.py", "#" * 2**23)
    write("ada/helper.py", "#")
    assert [name for name, _ in only(tmp_path).modules] == ["helper.py"]


def test_a_file_for_one_named_problem_is_taken_at_its_word(write: Write) -> None:
    path = write("ada/anything.py")
    found = find_submissions([path], [problems()[0]])
    (submission,), nothing = found.submissions, found.not_understood
    assert submission.problem_id == problems()[0].id
    assert not nothing


def test_too_large_a_file_is_refused_unread(write: Write) -> None:
    huge = only(write(f"ada/{VIT}.py", b"#" * (20 * 2**20)))
    with pytest.raises(Unreadable, match=f"{VIT}.py has more than 1 MiB, which is the limit"):
        huge.read()
    large = b"#" * LARGEST[".py"]
    assert only(write(f"bo/{VIT}.py", large)).read().file == large


def test_a_link_is_not_followed(write: Write, tmp_path: Path) -> None:
    secret = write("elsewhere/secret.py", DEFINES_VIT)
    (tmp_path / "class" / "ada").mkdir(parents=True)
    (tmp_path / "class" / "ada" / f"{VIT}.py").symlink_to(secret)
    (tmp_path / "class" / "bo").symlink_to(secret.parent)
    submissions, not_understood = both([tmp_path / "class"])
    (submission,) = submissions
    with pytest.raises(Unreadable, match="symbolic link"):
        submission.read()
    assert [(i.path.name, i.why) for i in not_understood] == [
        ("bo", "a symbolic link, which is not followed")
    ]


def test_a_pipe_does_not_make_the_grader_wait(tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    os.mkfifo(tmp_path / "ada" / f"{VIT}.py")
    with pytest.raises(Unreadable, match="not a regular file"):
        only(tmp_path).read()


def test_an_empty_folder_and_one_without_code_are_explained(write: Write, tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    write("bo/essay.txt")
    assert [name for name, _ in unknown(tmp_path)] == ["ada", "bo"]
    assert "no .py or .ipynb file here (expected" in unknown(tmp_path)[0][1]
    assert "no .py or .ipynb file here, only essay.txt (expected" in unknown(tmp_path)[1][1]
    (tmp_path / "empty").mkdir()
    assert unknown(tmp_path / "empty")[0][0] == "empty"


@pytest.mark.parametrize("text", [b"patch_embed_cls:", b"patch_embed_cls ", b"def ", b"as\t"])
def test_no_text_makes_the_search_slow(text: bytes, write: Write) -> None:
    """Each of these took minutes while a repetition in the search had no bound."""
    path = write("ada/hw.ipynb", text * (10 * 2**20 // len(text)))
    assert unknown(path)[0][0] == "hw.ipynb"


def test_many_large_files_are_not_held_in_memory(write: Write, tmp_path: Path) -> None:
    for number in range(20):
        with open(write(f"ada/{number}.ipynb"), "wb") as file:
            file.truncate(10 * 2**20)
    tracemalloc.start()
    explained = unknown(tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * 2**20
    assert [name for name, _ in explained] == ["ada", "ada"]
    assert "only the first 12 were searched" in explained[1][1]


def test_tool_folders_are_passed_over(write: Write, tmp_path: Path) -> None:
    write(f"ada/.ipynb_checkpoints/{VIT}.ipynb")
    write(f"ada/__pycache__/{VIT}.py")
    write(f"__MACOSX/ada/{VIT}.py")
    assert [name for name, _ in unknown(tmp_path)] == ["ada"]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
        .map(lambda name: name[:40])
        .filter(lambda name: not name.startswith(".") and len(name.encode()) < 200),
        min_size=1,
        max_size=5,
        unique_by=lambda name: unicodedata.normalize("NFC", name),
    )
)
@examples(40)
def test_any_name_of_a_student_is_kept(tmp_path_factory: pytest.TempPathFactory, names) -> None:  # type: ignore
    folder = tmp_path_factory.mktemp("class")
    for name in names:
        (folder / name).mkdir()
        (folder / name / f"{VIT}.py").write_text("x = 1")
    shown = {unicodedata.normalize("NFC", name) for name in names}
    assert {s for s, _, _ in found(folder)} == shown - {"__pycache__", "__MACOSX"}


def test_other_files_beside_the_students_are_named(write: Write, tmp_path: Path) -> None:
    write("bob.rar")
    write("cy.pdf")
    write(f"ada/{VIT}.py")
    submissions, others = both([tmp_path])
    assert [s.student for s in submissions] == ["ada"]
    assert [(o.path.name, o.why) for o in others] == [
        ("bob.rar", "an archive that is not unpacked: unpack it, or ask for a .zip or .tar.gz"),
        ("cy.pdf", "neither a .py nor a .ipynb file"),
    ]


def test_a_link_to_what_no_name_can_be_stops_nobody(write: Write, tmp_path: Path) -> None:
    """Asking the system about such a link is an error of its own kind."""
    write(f"class/ada/{VIT}.py")
    for place in ("class/eve", "class"):
        (tmp_path / place).mkdir(exist_ok=True)
        (tmp_path / place / "notes.txt").symlink_to("a" * 300)
    assert [s.student for s in both([tmp_path / "class"])[0]] == ["ada"]


def test_of_several_paths_each_is_one_student(write: Write, tmp_path: Path) -> None:
    """As a shell makes them of `class/*`: a folder inside a student's is no other student."""
    write(f"class/bela/{CLS}.py")
    write(f"class/eve/{CLS}.py")
    write(f"class/eve/bela/{CLS}.py")
    write(f"class/dora/src/{CLS}.py")
    submissions, _ = both(sorted((tmp_path / "class").iterdir()))
    assert [s.student for s in submissions] == ["bela", "dora", "eve"]
    assert submissions[2].path == tmp_path / "class" / "eve" / f"{CLS}.py"


def test_several_sections_are_classes(write: Write, tmp_path: Path) -> None:
    for section, student in (("one", "ada"), ("one", "bo"), ("two", "ada")):
        write(f"{section}/{student}/{VIT}.py")
    submissions, _ = both([tmp_path / "one", tmp_path / "two"])
    ada, bo, other_ada = (s.student for s in submissions)
    assert bo == "bo"
    assert (ada, other_ada) == (str(tmp_path / "one" / "ada"), str(tmp_path / "two" / "ada"))


def test_a_file_named_twice_is_graded_once(write: Write, tmp_path: Path) -> None:
    path = write(f"class/ada/{VIT}.py")
    assert len(found(path, path, tmp_path / "class")) == 1


def test_of_files_in_one_folder_that_are_named_each_may_be_a_student_s(
    write: Write, tmp_path: Path
) -> None:
    one, two = (write(f"class/{name}.py", DEFINES_VIT) for name in ("ada", "bo"))
    submissions, _ = both([one, two])
    assert [s.student for s in submissions] == [str(one), str(two)]


def test_what_was_not_looked_at_is_said(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose_file, "MOST_SEARCHED", 5 * choose_file.LEAST_COUNTED)
    for number in range(6):
        write(f"many/a{number}.py")
    write(f"many/z/{VIT}.py")
    write(f"deep/1/2/3/4/5/6/7/{VIT}.py")
    submissions, others = both([tmp_path])
    assert [s.student for s in submissions] == ["many"]
    why = {item.path.name: item.why for item in reversed(others)}
    assert "only the first 5 were searched" in why["many"]
    assert any("more folders in it, which were not searched" in item.why for item in others)


def test_a_folder_that_can_t_be_read_is_not_called_empty(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(f"ada/{VIT}.py")
    scan = os.scandir

    def refuse(folder: Path) -> object:
        if str(folder).endswith("ada"):
            raise PermissionError(13, "Permission denied")
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuse)
    assert ("ada", "it could not be read (Permission denied)") in unknown(tmp_path)


def test_one_student_fills_no_page(write: Write, tmp_path: Path) -> None:
    for number in range(30):
        write(f"eve/{number}.py", SOLVED, when=1_000_000_000)
    submissions, others = both([tmp_path])
    assert len(submissions[0].others) == 3
    assert sum(map(len, submissions[0].notes)) < 500
    assert submissions[0].notes[-1].endswith(" and 21 more.")
    assert len(others) == 5


def test_of_one_wanted_problem_files_for_others_are_neither_work_nor_in_the_way(
    write: Write, tmp_path: Path
) -> None:
    write(f"ada/{CLS}.py", DEFINES_CLS)
    write(f"ada/{VIT}.py", SOLVED)
    write(f"bo/{VIT}.py", SOLVED)
    write("cy/anything.py", "x = 1")
    found = find_submissions([tmp_path], problems(), only=CLS)
    assert [s.student for s in found.submissions if s.problem_id == CLS] == ["ada"]
    assert [item.path.name for item in found.not_understood] == ["cy"]
    for name, text, taken in (("a.py", "x = 1", 1), (f"{VIT}.py", "", 0), ("b.py", SOLVED, 0)):
        path = write(f"dee/{name}", text)
        found = find_submissions([path], problems(), only=CLS)
        assert sum(s.problem_id == CLS for s in found.submissions) == taken


@pytest.mark.parametrize(
    ("name", "is_notebook"),
    [
        (f"{CLS}.py.txt", False),
        (f"{CLS}.PY.TXT", False),
        (f"{CLS}.py (1).txt", False),
        (f"{CLS}.ipynb.json", True),
        (f"{CLS}.ipynb.txt", True),
        (f"{CLS}.ipynb-2.json", True),
    ],
)
def test_a_suffix_that_a_system_put_behind(
    name: str, is_notebook: bool, write: Write, tmp_path: Path
) -> None:
    """Windows hides suffixes and adds its own; some browsers save a notebook as JSON."""
    notebook = nbformat.writes(new_notebook(cells=[new_code_cell(DEFINES_CLS)]))
    write(f"ada/{name}", notebook if is_notebook else DEFINES_CLS)
    submission = only(tmp_path / "ada")
    assert (submission.path.name, submission.read().notebook) == (name, is_notebook)
    assert any("is read as a" in note for note in submission.notes)


def test_a_module_beside_flat_files_is_nothing_unread(write: Write, tmp_path: Path) -> None:
    for student, number in (("Ada L", 1), ("Bo", 2)):
        write(f"{student}_{number}_assignsubmission_file_{CLS}.py", DEFINES_CLS)
        write(f"{student}_{number}_assignsubmission_file_helper.py", "x = 1")
    submissions, others = both([tmp_path])
    assert [[name for name, _ in s.modules] for s in submissions] == [["helper.py"]] * 2
    assert [item.work for item in others] == [False, False]
