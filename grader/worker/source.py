"""A submission's bytes become code: one piece for a Python file, one a cell for a notebook.

Only read here, never run. Hostile source may still crash or hang the parser, which is why this
happens in the worker.
"""

from __future__ import annotations
import __future__

import ast
import linecache
import sys
import types
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Piece:
    """A part of a submission that is compiled as a whole.

    `name` is empty for a Python file and "cell 3" for the third code cell of a notebook.
    """

    name: str
    text: str
    tree: ast.Module
    future: int = 0  # compiler flags of `from __future__` in the cells before

    @property
    def filename(self) -> str:
        return f"<submission {self.name}>" if self.name else "<submission>"

    def after_import(self, number: int) -> Piece | None:
        """What follows the import at its top level in line `number`; None if there is none."""
        body = self.tree.body
        for k, node in enumerate(body, start=1):
            if isinstance(node, ast.Import | ast.ImportFrom) and (
                node.lineno <= number <= (node.end_lineno or node.lineno)
            ):
                return replace(self, tree=ast.Module(body[k:], self.tree.type_ignores))
        return None

    def remember(self) -> None:
        """Lets tracebacks, and `place`, show its lines."""
        lines = self.text.splitlines(True)
        linecache.cache[self.filename] = (len(self.text), None, lines, self.filename)

    def compile(self) -> types.CodeType:
        """Code that may await at top level, as in a notebook."""
        flags = self.future | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if self.name else 0)
        code: types.CodeType = compile(
            self.tree, self.filename, "exec", flags=flags, dont_inherit=True
        )
        return code


def place(filename: str, number: int) -> tuple[str, str] | None:
    """Where a line of a submission's own is ("cell 2, line 3"), and the line itself."""
    if filename.startswith("<submission"):
        cell = filename[len("<submission") :].strip(" >")
    elif "ipykernel_" in filename:
        cell = ""
    else:
        return None
    where = f"{cell}, line {number}" if cell else f"line {number}"
    return where, linecache.getline(filename, number).strip()


class SourceError(Exception):
    """The source can't be read; the arguments are a sentence, where, and the line itself."""

    def __init__(self, message: str, where: str = "", line: str = ""):
        super().__init__(message)
        self.message, self.where, self.line = message, where, line


def read_python(data: bytes) -> list[Piece]:
    """The single piece of a Python file. Raises SourceError."""
    if b"\0" in data:
        raise SourceError("the file holds zero bytes: save it as Python source, in UTF-8")
    if data.lstrip().startswith(b"{") and b'"nbformat"' in data:
        raise SourceError("the file is a notebook: hand it in under a name that ends in .ipynb")
    return [_piece("", data)]


def import_notebook_libraries() -> None:
    """Imports what reads notebooks, in a tenth of the time that it would take where Jupyter is.

    There, jsonschema builds a grammar of web addresses as it is imported. It does without one too,
    and no notebook needs it.
    """
    grammar = "rfc3987_syntax"
    kept = sys.modules.get(grammar)
    sys.modules[grammar] = kept  # type: ignore[assignment]  # None stands for "not installed"
    try:
        import IPython.core.inputtransformer2  # noqa: F401
        import nbformat  # noqa: F401
    finally:
        if kept is None:
            del sys.modules[grammar]


def read_notebook(data: bytes) -> tuple[list[Piece], list[SourceError]]:
    """The code cells of a notebook in order, and the cells that are not Python.

    Magics and shell lines go through IPython's own transformer. Raises SourceError where the
    file is not a notebook.
    """
    import_notebook_libraries()
    import nbformat
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        text = data.decode("utf-8-sig")
        notebook = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        sources = [str(cell.source) for cell in cells]
    except Exception as error:  # nbformat raises whatever the malformed part makes it raise
        raise SourceError(
            f"the file is not a Jupyter notebook that can be read ({_first_line(error)})"
        ) from None
    transform = TransformerManager().transform_cell  # type: ignore[no-untyped-call]
    pieces, broken, future = [], [], 0
    for number, text in enumerate(sources, start=1):
        name = f"cell {number}"
        try:
            piece = _piece(name, transform(_unwrapped(text)) if text.strip() else "")
            pieces.append(replace(piece, future=future))
            future |= _future(piece.tree)
        except SourceError as error:
            broken.append(error)
        except Exception as error:  # the transformer, on input that IPython itself can't take
            broken.append(SourceError(_first_line(error), name))
    return pieces, broken


def _future(tree: ast.Module) -> int:
    """Compiler flags for what a piece imports from `__future__`."""
    flags = 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            for alias in node.names:
                flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
    return flags


def _unwrapped(cell: str) -> str:
    """The cell without a first line that only times or captures it; line numbers stay."""
    blank = len(cell) - len(cell.lstrip())
    first, line_end, rest = cell[blank:].partition("\n")
    if first.split()[0] in ("%%time", "%%capture", "%%prun"):
        return cell[:blank] + line_end + rest
    return cell


def _piece(name: str, text: bytes | str) -> Piece:
    prefix = f"{name}, " if name else ""
    try:
        tree = compile(
            text,
            name or "<submission>",
            "exec",
            flags=ast.PyCF_ONLY_AST | (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if name else 0),
            dont_inherit=True,
        )
    except SyntaxError as error:
        line = (error.text or "").strip()
        where = f"{prefix}line {error.lineno}" if error.lineno else name
        raise SourceError(error.msg, where, line) from None
    except (RecursionError, MemoryError):  # each version of Python says it in its own way
        raise SourceError("the source is nested too deeply", name) from None
    except ValueError as error:
        raise SourceError(_first_line(error), name) from None
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    return Piece(name, shown, tree)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]
