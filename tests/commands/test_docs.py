"""The docs: every link, command, option, path and test in them exists, and their code runs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from grader.cli.main import _parser
from grader.course import Problem
from grader.diagnosis.experiments import experiments

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES += sorted((ROOT / "docs").glob("*.md"))
LARGEST_README = 5 * 1024  # bytes
# Words of the docs that stand for a name of the reader's own.
READERS_OWN = ("<", "…", "*", " ", "ID", "name")

FENCE = re.compile(r"^```(\w*).*?\n(.*?)^```$", re.S | re.M)
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")

a_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def blocks(page: Path, *languages: str) -> list[str]:
    return [text for language, text in FENCE.findall(page.read_text()) if language in languages]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists():
            yield f"{link}: there is no {target}"
        elif anchor and anchor not in anchors(target):
            yield f"{link}: {target.name} has only {sorted(anchors(target))}"


@a_page
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A `title`, here\n[1](page.md#a-title-here) [2](gone.md) [3](#gone)\n")
    assert [line.partition(":")[0] for line in broken_links(page)] == ["gone.md", "#gone"]


def commands(page: Path, program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program in the page's blocks for a shell."""
    for block in blocks(page, "console", "sh"):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words and Path(words[0]).name == program:
                yield words[1:]


def refused(arguments: list[str]) -> bool:
    try:
        _parser(arguments).parse_args(arguments)
    except SystemExit:
        return True
    return False


@a_page
def test_every_command_is_one_that_the_grader_takes(page: Path) -> None:
    assert [words for words in commands(page, "grader") if refused(words)] == []


def test_a_command_that_the_grader_does_not_take_is_found() -> None:
    assert refused(["grade", "folder", "--no-such-option"])
    assert refused(["no-such-command"])
    assert not refused(["grade", "folder", "-o", "results"])


@a_page
def test_every_target_of_make_is_in_the_makefile(page: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.M))
    for words in commands(page, "make"):
        assert set(words) <= targets, words


@cache
def everything_in_tests() -> str:
    files = sorted((ROOT / "tests").rglob("*.py"))
    return "\n".join(f"file {path.name}\n{path.read_text()}" for path in files)


@a_page
def test_every_test_and_file_that_is_named_exists(page: Path) -> None:
    for code in CODE.findall(prose(page)):
        if any(sign in code for sign in READERS_OWN):
            continue
        if re.fullmatch(r"test_\w+", code):
            assert f"def {code}(" in everything_in_tests(), code
        elif re.fullmatch(r"test_\w+\.py", code):
            assert f"file {code}\n" in everything_in_tests(), code
        elif re.match(r"(grader|benchmarks|examples|problems|solutions)/", code):
            assert (ROOT / code).exists(), code


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) <= LARGEST_README


def test_the_problem_that_authors_read_about_is_one() -> None:
    names: dict[str, object] = {}
    for block in blocks(ROOT / "docs" / "authors.md", "python"):
        exec(compile(block, "authors.md", "exec"), names)
    problem = names["PROBLEM"]
    assert isinstance(problem, Problem)
    assert problem.max_score == 5
    cases = list(problem.draw(np.random.default_rng(0), np.random.default_rng(1)))
    assert {case.group for case in cases} == set(problem.groups)
    assert problem.tiny
    assert problem.view
    for case in [*cases, *problem.tiny(), *experiments(problem).values()]:
        image, patch = case.arguments
        height, width, _ = np.shape(image)
        view = problem.view(case)
        assert (view.rows * patch, view.columns * patch) == (height, width)


def test_every_field_of_a_problem_is_in_the_page_for_authors() -> None:
    text = (ROOT / "docs" / "authors.md").read_text()
    missing = [name for name in Problem.__dataclass_fields__ if f"`{name}`" not in text]
    assert missing == []
