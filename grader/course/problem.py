"""What an author writes in `problem.py`: a problem, its groups of cases, its limits and rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Argument = int | float | np.integer[Any] | NDArray[Any]
MIB = 2**20


@dataclass(frozen=True)
class Case:
    """One set of inputs under a named group.

    `terms` is the number of products that each output element sums up (C·p²): the tolerance grows
    with its square root. `arrays` says how arrays reach the submission; `seconds` is this case's
    own time limit, where the problem's is not the right one.
    """

    group: str
    arguments: tuple[Argument, ...]
    terms: int
    arrays: Literal["numpy", "read-only", "jax"] = "numpy"
    seconds: float | None = None

    @property
    def shapes(self) -> list[list[int]]:
        """The shape of each argument that is an array."""
        return [list(a.shape) for a in self.arguments if isinstance(a, np.ndarray)]


@dataclass(frozen=True)
class Group:
    """What a group of cases is there to show, and the points for getting all of it right."""

    purpose: str
    points: int = 1


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are wall-clock seconds on the grader's clock."""

    import_seconds: float = 30
    case_seconds: float = 20
    total_seconds: float = 480
    memory_bytes: int = 4096 * MIB  # address space, of which JAX alone takes a good half
    threads: int = 128  # on top of the machine's processors: JAX and BLAS start a few for each
    open_files: int = 64
    file_bytes: int = 0  # there is no place to write; a file that appears all the same stays empty
    shown_output_bytes: int = 64 * 1024  # how much of the prints is kept
    output_bytes: int = 1 * MIB  # how much may be printed


@dataclass(frozen=True)
class Rules:
    """What a solution must not use, and the sentence that says so.

    `primitives` are names of JAX primitives, watched while the submission runs. `calls` are
    patterns of full function names (`torch.nn.Conv*`), told from the source.
    """

    sentence: str = ""
    primitives: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """How an output is made up: for each image `extra` tokens ([CLS]), then the patches row by
    row, each token with its features.
    """

    images: int
    extra: int
    rows: int
    columns: int
    features: int


@dataclass(frozen=True)
class Problem:
    """One exercise.

    `draw(shapes, values)` yields the cases of one run. It takes shapes from the first generator
    and values and seeds from the second, so that a class can share shapes (each new one costs a
    compilation) and still have values for each student.

    `tiny()` yields cases that can be read by eye, the smallest first: the first of them that fails
    is shown to a student in full.

    `axes` names sizes with the letters of the statement: `{"image": "H W C", "patch_size": "p"}`.
    `view` says how a case's output is made up. `probe()` is a case of one small image with several
    rows and columns of patches, whose pixels are changed one by one to see which tokens read them.
    All three are for explaining mistakes, and, like `tiny`, can be left out.

    `shape` is "any" where a right answer in another shape passes with a note, "required" where
    it does not. `tolerance_factor` is explained in `grader.judging.compare`.
    """

    title: str
    entry_point: str
    parameters: tuple[str, ...]
    output: str
    groups: Mapping[str, Group]
    draw: Callable[[np.random.Generator, np.random.Generator], Iterator[Case]]
    shape: Literal["any", "required"] = "any"
    tolerance_factor: float = 6.0
    limits: Limits = field(default_factory=Limits)
    rules: Rules = field(default_factory=Rules)
    axes: Mapping[str, str] = field(default_factory=dict)
    view: Callable[[Case], View] | None = None
    tiny: Callable[[], Iterator[Case]] | None = None
    probe: Callable[[], Case] | None = None

    @property
    def max_score(self) -> int:
        return sum(group.points for group in self.groups.values())

    @property
    def signature(self) -> str:
        """The call as a student writes it: `f(x, y)`."""
        return f"{self.entry_point}({', '.join(self.parameters)})"
