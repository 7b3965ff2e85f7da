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
    """One set of inputs, under a named group.

    `group` is a key of `Problem.groups`. `arguments` are in the order of `Problem.parameters`.
    `terms` is how many products or summands make up one element of the result (C·p² for a patch of
    p by p pixels with C channels); the tolerance grows with its square root. `arrays` says which
    arrays the submission gets: NumPy's, NumPy's that can't be written, or JAX's. `seconds` is a
    time limit for this case alone; None means the problem's.
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
    """What a group of cases is there to show, and its points.

    `purpose` follows "wrong on" in messages: "a square image". A student gets the points if every
    case of the group is right.
    """

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

    Both are watched while the entry point runs, and only what is really used then counts.
    `primitives` are names of JAX primitives. `calls` are patterns of full names of functions and
    classes (`numpy.convolve`, `torch.nn.Conv*`); name the primitives of jitted functions instead.
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
    """One exercise. `docs/authors.md` explains each field with an example.

    `title` is for people, `entry_point` is the function that students write, `parameters` are the
    names of its arguments in order, and `output` says in words what it returns.

    `groups` maps the name of each group of cases to its purpose and points. `draw(shapes, values)`
    yields the cases of one run, at least one in each group: sizes from the first generator,
    numbers and seeds from the second. The same seed must give the same cases, bit for bit. Each new
    shape costs every submission some compiling, so draw few shapes and many seeds.

    `shape` is "any" if a right answer in another shape passes with a note, "required" if it does
    not. `tolerance_factor` is how many units of float32 rounding are allowed
    (`grader.judging.compare`). `limits` are what a submission may use, `rules` what it must not.

    The other fields explain mistakes, and change no verdict. `axes` names sizes by the letters of
    the statement: `{"image": "H W C", "patch_size": "p"}`; `_` skips an axis. `view(case)` says how
    the result of a case is made up. `tiny()` yields public cases that a person can read, the
    smallest first; a student sees the first that fails in full. `probe()` is a public case of one
    small image with several rows and columns of patches; its pixels are changed one by one to see
    which tokens read them. It needs `view`, and `axes` with `H` and `W` for one argument.
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
