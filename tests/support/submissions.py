"""Who hands in what: problems, texts that define them, and what is found of them."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from support.course import entries

from grader.course.catalogue import Entry
from grader.submissions import NotUnderstood, Submission, find_submissions

VIT, CLS = "vit_patch_embed", "patch_embed_cls"
DEFINES_VIT = "def patch_embed_forward(seed, image, patch_size, d_model): ..."

Write = Callable[..., Path]


def problems() -> Sequence[Entry]:
    return list(entries().values())


def found(*paths: Path, pattern: str | None = None) -> set[tuple[str, str, str]]:
    """Student, file and problem of each submission; all else must be second choices."""
    found = find_submissions(paths, problems(), pattern)
    assert [
        item for item in found.not_understood if "is for this problem too" not in item.why
    ] == []
    return {(s.student, s.path.name, s.problem_id) for s in found.submissions}


def both(
    paths: Iterable[Path],
    pattern: str | None = None,
    unpacked: Mapping[Path, Path | None] | None = None,
) -> tuple[list[Submission], list[NotUnderstood]]:
    """The submissions under the paths, and what led to none."""
    found = find_submissions([*paths], problems(), pattern, unpacked)
    return found.submissions, found.not_understood


def whys(*paths: Path, pattern: str | None = None) -> dict[str, str]:
    """The name of each path that is not understood, and why."""
    return {
        item.path.name: item.why
        for item in find_submissions(paths, problems(), pattern).not_understood
    }


METADATA = """\
---
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0012'
    :email: ada@example.org
  :created_at: 2026-03-01 10:00:00.000000000 Z
  :score: 3.0
  :results:
    output: |
      hi
submission_2:
  :submitters:
  - :name: "Ren\\xE9e O'Neil"
    :sid:
    :email: renee@example.org
submission_3:
  :submitters:
  - :name: 'Cy ''C'' Young'
    :sid: ''
    :email: null
submission_4:
  :submitters:
  - :name: Dee
    :sid: 4
  - :name: Eli
    :sid: 5
submission_5:
  :submitters: []
"""


def zip_folder(folder: Path, path: Path) -> Path:
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return zipped(
        path, ((str(file.relative_to(folder.parent)), file.read_bytes()) for file in files)
    )


def zipped(path: Path, files: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return path
