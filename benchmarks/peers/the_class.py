"""The class that everyone grades, and the course with the cases that everyone uses.

Ten students hand in a file for each problem: right, and each another way. What they hand in is
taken out of the course's bank of accepted variants, so that nothing is compiled for just these.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.course.catalogue import load_course
from grader.course.draw import draw_cases
from grader.oracle.reference import Reference

ROOT = Path(__file__).resolve().parents[2]
BESIDE = Path(__file__).parent / "beside"
SEED = 7
# What students hand in for either problem, all of them in `solutions/<id>/accepted`. Most write the
# convolution of the statement, and the reshape and matrix product in NumPy or JAX.
HANDED_IN = {
    "vit_patch_embed": (
        *("conv_without_bias", "conv_tokens_left_2d", "conv_batch_axis", "one_expression"),
        *("type_annotations", "conv_padding_same", "lax_conv_nhwc", "numpy_reshape_matmul"),
        *("dense_same_key", "einsum_six_axes"),
    ),
    "patch_embed_cls": (
        *("numpy_reshape_transpose_matmul", "jax_reshape_transpose_matmul"),
        *("einsum_over_six_axes", "batch_and_tokens_in_one_axis", "type_annotations"),
        *("jax_einsum_in_two_steps", "positions_before_concatenation", "swapaxes_step_by_step"),
        *("vmap_over_images", "jit_with_static_patch_size"),
    ),
}


@dataclass(frozen=True)
class TheClass:
    """folder: a folder for each student. course: what this grader grades them by.

    beside: `checks.py` and the others, with the cases and right answers in `cases.npz`.
    """

    folder: Path
    course: Path
    beside: Path
    students: Sequence[Path]


def make_class(where: Path, count: int) -> TheClass:
    """Writes all of it."""
    course = make_course(where / "course")
    beside = where / "beside"
    shutil.copytree(BESIDE, beside, ignore=shutil.ignore_patterns("__pycache__"))
    _write_cases(course, beside / "cases.npz")
    students = make_students(where / "class", count)
    return TheClass(where / "class", course, beside, students)


def kept_for() -> str:
    """A name that changes with the cases and with what the bank is without."""
    parts = repr(HANDED_IN).encode() + (BESIDE / "problem.py").read_bytes()
    return hashlib.sha256(parts).hexdigest()[:12]


def make_course(course: Path) -> Path:
    """The installed course with the benchmark's cases."""
    for problem_id, names in HANDED_IN.items():
        problem, solutions = course / "problems" / problem_id, course / "solutions" / problem_id
        shutil.copytree(ROOT / "problems" / problem_id, problem)
        (problem / "problem.py").rename(problem / "original.py")
        shutil.copyfile(BESIDE / "problem.py", problem / "problem.py")
        own = shutil.ignore_patterns("__pycache__", *(f"{name}.py" for name in names))
        shutil.copytree(ROOT / "solutions" / problem_id, solutions, ignore=own)
    return course


def make_students(folder: Path, count: int) -> list[Path]:
    """So many students' folders; no two files have the same bytes."""
    students = []
    for number in range(count):
        student = folder / f"student-{number:04}"
        student.mkdir(parents=True)
        for problem_id, names in HANDED_IN.items():
            bank = ROOT / "solutions" / problem_id / "accepted"
            text = (bank / f"{names[number % len(names)]}.py").read_text()
            (student / f"{problem_id}.py").write_text(f"{text}\n\n# Handed in as {student.name}.\n")
        students.append(student)
    return students


def _write_cases(course: Path, path: Path) -> None:
    arrays = {}
    for entry in load_course(course).entries.values():
        cases = draw_cases(entry, SEED)
        expected = Reference().expected(entry, cases)
        for number, (case, right) in enumerate(zip(cases, expected, strict=True)):
            arrays[f"{entry.id}/{number}/expected"] = right
            for place, argument in enumerate(case.arguments):
                arrays[f"{entry.id}/{number}/{place}"] = np.asarray(argument)
    np.savez(path, allow_pickle=False, **arrays)
