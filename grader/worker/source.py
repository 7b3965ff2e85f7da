"""A submission's code as data: pieces of top-level statements, and where a line of them is.

Nothing is run here. Still, source can crash or hang the parser, so this happens in the worker.
"""

import ast
import linecache
import re
import warnings
from dataclasses import dataclass, field
from typing import Self

from .frames import Raised

LARGEST_CODE = 2**20  # characters of one file's code
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class SubmissionError(Exception):
    """The submission failed; `raised` says how."""

    def __init__(self, raised: Raised):
        super().__init__(raised.message)
        self.raised = raised


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
        at = f"line {error.lineno + line - 1}" if error.lineno else ""
        message = re.sub(r"(?<=line )\d+", lambda n: str(int(n[0]) + line - 1), error.msg)
        raise syntax_error(message, (name, at), (error.text or "").strip()) from None
    except (RecursionError, MemoryError):  # each version of Python says it differently
        raise syntax_error("the source is nested too deeply", (name,)) from None
    except (ValueError, OverflowError) as error:
        raise syntax_error(first_line(error), (name,)) from None
    if line > 1:
        ast.increment_lineno(tree, line - 1)
    return Piece(name, whole or text, tree, cell)


def check_size(characters: int, name: str) -> None:
    """Raises SubmissionError if a file has more code than is read."""
    if characters > LARGEST_CODE:
        has = f"{characters / 2**20:.1f} MiB of code, and {LARGEST_CODE // 2**20} MiB is the limit"
        raise SubmissionError(Raised("large", "", has, name))


def bound_names(node: ast.AST) -> set[str]:
    """The names that a statement may bind in its own scope."""
    found, left = set[str](), [node]
    while left:
        node = left.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda():
                continue
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.alias():
                found.add(node.asname or node.name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                found.add(name)
        left += ast.iter_child_nodes(node)
    return found


def used_names(node: ast.AST) -> set[str]:
    """The names that a statement mentions, in any scope inside it."""
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def place(filename: str, number: int) -> tuple[str, str] | None:
    """A line of the submission: where it is ("cell 2, line 3"), and its text. None for others."""
    if filename.startswith("<submission"):
        name = filename[len("<submission") :].strip(" >")
    elif "ipykernel_" in filename:
        name = ""
    else:
        return None
    where = f"{name}, line {number}" if name else f"line {number}"
    return where, linecache.getline(filename, number).strip()


def syntax_error(message: str, where: tuple[str, ...] = (), line: str = "") -> SubmissionError:
    """The error of text that is not Python, in the file, cell and line that `where` names."""
    return SubmissionError(Raised("syntax", "", message, ", ".join(filter(None, where)), line))


def first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
