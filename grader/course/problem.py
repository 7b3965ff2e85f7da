"""What an author writes in `problem.py`: a problem, its groups of cases, its limits and rules."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Argument = int | float | np.integer[Any] | NDArray[Any]
MIB = 2**20


@dataclass(frozen=True)
class Case:
    """One set of inputs, under a named group.

    `terms` is how many products or summands make up one element of the result (C·p² for a patch of
    p by p pixels with C channels); the tolerance grows with its square root. `arrays` says which
    arrays the submission gets. `seconds` is a time limit for this case alone, in place of the
    problem's.
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
    """What a group of cases shows, and its points.

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
    memory_bytes: int = 4096 * MIB  # address space; JAX alone takes more than half
    threads: int = 128  # plus 8 for each processor: JAX and BLAS start a few for each
    open_files: int = 64
    file_bytes: int = 0  # any file that a submission can open for writing stays empty
    output_bytes: int = 1 * MIB  # how much a submission may print


@dataclass(frozen=True)
class Rules:
    """What a solution must not use, and the sentence that says so.

    The grader watches both while the entry point runs; only what really runs counts. `primitives`
    are names of JAX primitives. `calls` are patterns of full names of functions and classes
    (`numpy.convolve`, `torch.nn.Conv*`). For a jitted function, name its primitives instead.
    """

    sentence: str = ""
    primitives: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """The parts of a result: for each image `extra` tokens ([CLS]), then the patches row by row,
    each token with its features.
    """

    images: int
    extra: int
    rows: int
    columns: int
    features: int


@dataclass(frozen=True)
class Problem:
    """One exercise. `docs/authors.md` explains each field with an example.

    Students write the function `entry_point`, whose arguments in order are `parameters`; `output`
    says in words what it returns. `draw(shapes, values)` yields the cases of one run, at least one
    in each of the `groups`, and the same bits for the same seed. Take sizes from the first
    generator, and numbers and seeds from the second: then a change to the values leaves the shapes
    as they are. Each new shape costs every submission a compilation, so draw few shapes and many
    seeds.

    `shape` says whether a right answer in another shape passes with a note. `tolerance_factor` is
    how many units of float32 rounding are allowed (`grader.judging.compare`).

    The other fields only explain mistakes, and change no verdict. `axes` names sizes by the letters
    of the statement: `{"image": "H W C", "patch_size": "p"}`; `_` skips an axis. `derived_sizes`
    gets these by letter and returns further ones, such as the number of patches; `size_names` says
    in words what a size is if its letter doesn't. `properties` are what failing cases may have in
    common, such as "H != W"; if there are none, the grader tries simple ones. `tiny()` yields
    public cases that a person can read, the smallest first. `probe()` is a small public case of
    which the grader changes one thing after the other to measure what a function computes: with a
    `view`, it has several rows and columns of patches, and `axes` name `H` and `W` of one argument.
    `affine_in` names the arguments in which the right answer is affine: in proportion to each,
    apart from what is added. `weights` ends the sentence on wrong weights: what they should be, and
    what usually makes them others.
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
    derived_sizes: Callable[[Mapping[str, int]], Mapping[str, int]] | None = None
    size_names: Mapping[str, str] = field(default_factory=dict)
    properties: Sequence[str] = ()
    view: Callable[[Case], View] | None = None
    tiny: Callable[[], Iterator[Case]] | None = None
    probe: Callable[[], Case] | None = None
    affine_in: tuple[str, ...] = ()
    weights: str = ""

    def __post_init__(self) -> None:
        for text in self.properties:
            if not re.fullmatch(r"\S+ (!=|=|>) \S+", text):
                raise ValueError(f'{text!r} is no property. Write two sizes like this: "H != W".')

    @property
    def max_score(self) -> int:
        """The points of all groups."""
        return sum(group.points for group in self.groups.values())

    @property
    def signature(self) -> str:
        """The call as a student writes it: `f(x, y)`."""
        return f"{self.entry_point}({', '.join(self.parameters)})"
