"""A submission's code as data: pieces of top-level statements, and where a line of them is.

Nothing is run here. Still, source can crash or hang the parser, so this happens in the worker.
"""

import ast
import linecache
import re
import warnings
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from .frames import Raised

LARGEST_CODE = 2**20  # characters of one file's code
OWN_FILE = re.compile(r"(?:cell ([0-9]+))?")  # the names of its pieces, see `Piece`


class SubmissionError(Exception):
    """The submission failed; `raised` says how."""

    def __init__(self, raised: Raised):
        super().__init__(raised.message)
        self.raised = raised


class Place(NamedTuple):
    """A place in a submission, as in `Raised`: in words, its line's text, and in numbers."""

    where: str = ""
    line: str = ""
    cell: int = 0
    number: int = 0


@dataclass(frozen=True)
class Piece:
    """Code whose lines count together: a file, or the code cell of a notebook.

    name: "" for the submission's Python file, "cell 3", "helper.py", or "helper.ipynb, cell 3".
    cell: the number by which `Out` knows a cell's last expression; 0 if it has none.
    """

    name: str
    text: str
    tree: ast.Module
    cell: int = 0

    @property
    def filename(self) -> str:
        return f"<submission {self.name}>" if self.name else "<submission>"

    def show_in_tracebacks(self) -> None:
        """Lets tracebacks, and `place`, show its lines."""
        lines = [line + "\n" for line in self.text.split("\n")]
        linecache.cache[self.filename] = (len(self.text), None, lines, self.filename)


@dataclass
class Source:
    """A file as the statements that its student's own Jupyter or Python would run, in order.

    broken: what is wrong with the cells that are not Python; they are skipped. notes: what else
    was skipped or guessed.
    """

    pieces: list[Piece] = field(default_factory=list)
    broken: list[Raised] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, *pieces: Piece) -> Self:
        return cls([*pieces])


def parse(text: str, name: str, line: int = 1, whole: str = "", cell: int = 0) -> Piece:
    """Python text as a piece. Raises SubmissionError.

    line, whole: the text starts at this line of a whole file.
    """
    try:
        with warnings.catch_warnings():  # Python gives them again when the code is run
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(tree, "<submission>", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        shown = (error.text or "").strip()
        at = _place(name, error.lineno + line - 1, shown) if error.lineno else Place(name, shown)
        message = re.sub(r"(?<=line )\d+", lambda n: str(int(n[0]) + line - 1), error.msg)
        raise syntax_error(message, at) from None
    except (RecursionError, MemoryError):  # each version of Python says it differently
        raise syntax_error("the source is nested too deeply", Place(name)) from None
    except (ValueError, OverflowError) as error:
        raise syntax_error(first_line(error), Place(name)) from None
    if line > 1:
        ast.increment_lineno(tree, line - 1)
    return Piece(name, whole or text, tree, cell)


def check_size(characters: int, name: str) -> None:
    """Raises SubmissionError if a file has more code than is read."""
    if characters > LARGEST_CODE:
        has = f"{characters / 2**20:.1f} MiB of code, and {LARGEST_CODE // 2**20} MiB is the limit"
        raise SubmissionError(Raised("large", "", has, name))


def place(filename: str, number: int) -> Place | None:
    """The place of a line of the submission. None for a line of anything else."""
    if filename.startswith("<submission"):
        name = filename[len("<submission") :].strip(" >")
    elif "ipykernel_" in filename:
        name = ""
    else:
        return None
    return _place(name, number, linecache.getline(filename, number).strip())


def _place(name: str, number: int, line: str) -> Place:
    """The place of a line in the piece of that name."""
    where = f"{name}, line {number}" if name else f"line {number}"
    own = OWN_FILE.fullmatch(name)
    return Place(where, line, int(own[1] or 0), number) if own else Place(where, line)


def syntax_error(message: str, at: Place) -> SubmissionError:
    """The error of text that is not Python."""
    return SubmissionError(Raised("syntax", "", message, *at))


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
