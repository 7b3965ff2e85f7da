"""Parses a submission: one piece for a Python file, one for each cell of a notebook.

Nothing is run here. Still, source can crash or hang the parser, so this happens in the worker.
"""

import ast
import linecache
import sys
import traceback
from dataclasses import dataclass, replace
from typing import Any, Self

from .frames import Raised


class SubmissionError(Exception):
    """The submission failed; `raised` says how."""

    def __init__(self, raised: Raised):
        super().__init__(raised.message)
        self.raised = raised


@dataclass(frozen=True)
class Piece:
    """A part of a submission: a Python file, which has no name, or the code cell "cell 3"."""

    name: str
    text: str
    tree: ast.Module

    @property
    def filename(self) -> str:
        return f"<submission {self.name}>" if self.name else "<submission>"

    def after_import(self, error: BaseException) -> Self | None:
        """What follows the import at its top level that raised this; None for other errors."""
        stack = traceback.walk_tb(error.__traceback__)
        lines = [number for frame, number in stack if frame.f_code.co_filename == self.filename]
        if not lines or not isinstance(error, ImportError):
            return None
        for k, node in enumerate(self.tree.body, start=1):
            statement = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            if isinstance(node, ast.Import | ast.ImportFrom) and lines[0] in statement:
                return replace(self, tree=ast.Module(self.tree.body[k:], self.tree.type_ignores))
        return None

    def show_in_tracebacks(self) -> None:
        """Lets tracebacks, and `place`, show its lines."""
        lines = self.text.splitlines(True)
        linecache.cache[self.filename] = (len(self.text), None, lines, self.filename)


def place(filename: str, number: int) -> tuple[str, str] | None:
    """A line of the submission: where it is ("cell 2, line 3"), and its text. None for others."""
    if filename.startswith("<submission"):
        cell = filename[len("<submission") :].strip(" >")
    elif "ipykernel_" in filename:
        cell = ""
    else:
        return None
    where = f"{cell}, line {number}" if cell else f"line {number}"
    return where, linecache.getline(filename, number).strip()


def read_python(data: bytes) -> list[Piece]:
    """The single piece of a Python file. Raises SubmissionError."""
    if b"\0" in data:
        raise _syntax("the file contains null bytes: save it as Python source, in UTF-8")
    if data.lstrip().startswith(b"{") and b'"nbformat"' in data:
        raise _syntax("the file is a notebook: hand it in under a name that ends in .ipynb")
    return [_piece("", data)]


def import_notebook_libraries() -> None:
    """Imports what reads notebooks, ten times faster than usual if Jupyter is installed.

    In that case jsonschema would build a grammar of web addresses, which no notebook needs.
    """
    grammar = "rfc3987_syntax"
    modules: dict[str, Any] = sys.modules
    loaded = modules.setdefault(grammar, None)  # None stands for "not installed"
    try:
        import IPython.core.inputtransformer2  # noqa: F401
        import nbformat  # noqa: F401
    finally:
        if loaded is None:
            del modules[grammar]


def read_notebook(data: bytes) -> tuple[list[Piece], list[Raised]]:
    """The code cells of a notebook in order, and what is wrong with those that are not Python.

    IPython's own transformer handles magics and shell lines. Raises SubmissionError if the file is
    not a notebook.
    """
    import_notebook_libraries()
    import nbformat
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        text = data.decode("utf-8-sig")
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        sources = [str(cell.source) for cell in cells]
    except Exception as error:  # depends on the malformed part
        why = _first_line(error)
        raise _syntax(f"the file is not a Jupyter notebook that can be read ({why})") from None
    transform = TransformerManager().transform_cell  # type: ignore[no-untyped-call]
    pieces, broken = [], []
    for number, text in enumerate(sources, start=1):
        name = f"cell {number}"
        try:
            pieces.append(_piece(name, transform(_unwrapped(text)) if text.strip() else ""))
        except SubmissionError as error:
            broken.append(error.raised)
        except Exception as error:  # from the transformer
            broken.append(_syntax(_first_line(error), name).raised)
    return pieces, broken


def _unwrapped(cell: str) -> str:
    """The cell without a first line that only times or captures it; line numbers stay."""
    blank = len(cell) - len(cell.lstrip())
    first, line_end, rest = cell[blank:].partition("\n")
    if first.split()[0] in ("%%time", "%%capture", "%%prun"):
        return cell[:blank] + line_end + rest
    return cell


def _piece(name: str, text: bytes | str) -> Piece:
    flags = ast.PyCF_ONLY_AST | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if name else 0)
    try:
        tree = compile(text, name or "<submission>", "exec", flags=flags, dont_inherit=True)
    except SyntaxError as error:
        line = f"line {error.lineno}" if error.lineno else ""
        where = ", ".join(filter(None, (name, line)))
        raise _syntax(error.msg, where, (error.text or "").strip()) from None
    except (RecursionError, MemoryError):  # each version of Python says it differently
        raise _syntax("the source is nested too deeply", name) from None
    except ValueError as error:
        raise _syntax(_first_line(error), name) from None
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return Piece(name, shown, tree)


def _syntax(message: str, where: str = "", line: str = "") -> SubmissionError:
    return SubmissionError(Raised("syntax", "", message, where, line))


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
