"""Runs a submission's statements one by one: one that fails is skipped with a remark.

What was right on the student's machine must not be lost because something else is missing here. So
a library, a file or a demo costs only what needs it, and then the first cause is known.
"""

import __future__

import ast
import asyncio
import codeop
import inspect
import sys
import traceback
import types
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Self

from .cells import read_cell
from .describe import describe
from .frames import Raised
from .own_modules import OwnModules
from .shell import Shell
from .source import Piece, Place, Source, SubmissionError, place
from .statements import (
    SCOPES,
    absolute,
    annotations,
    bound_names,
    nearer_imports,
    not_reached,
    split_import,
)

POSTPONED = __future__.annotations.compiler_flag


class Run:
    """One submission being run, in a `with` statement.

    names: the namespace of its file. modules: the student's other files. remarks: on what was
    skipped, the first cause first.
    """

    def __init__(self, names: dict[str, Any], files: Mapping[str, bytes]):
        self.shell = Shell(names, self)
        self.modules = OwnModules(files, self.run)
        self.remarks: list[str] = []
        self._told = set[str]()
        # Why a name is not bound, for each module by its `__name__`.
        self._causes: dict[str, dict[str, Raised]] = {}
        self._loop = asyncio.Runner()  # one event loop for all cells

    def __enter__(self) -> Self:
        self._loop.get_loop()  # makes it the one of `asyncio.get_event_loop()`
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(Exception):  # the submission may have closed it
            self._loop.close()

    def run(self, source: Source, names: dict[str, Any]) -> None:
        """Runs a file's statements in a namespace. Nothing they raise comes out."""
        names.setdefault("get_ipython", lambda: self.shell)
        names.setdefault("display", print)
        names.setdefault("open", self.modules.open)
        broken = [f"{raised.where} is not Python: {raised.message}" for raised in source.broken]
        self.remarks += broken
        # It keeps what a cell imports from `__future__` for the next ones.
        compiler = codeop.Compile()
        compiler.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        shown = None
        for piece in source.pieces:
            if piece.text is not shown:  # the cells of a script share its text
                piece.show_in_tracebacks()
                shown = piece.text
            self._run_piece(piece, names, compiler)
        self.remarks += [note for note in source.notes if note not in self.remarks]

    def run_cell(self, text: str, names: dict[str, Any]) -> None:
        """Runs the text of a cell that was given as a string. Raises SyntaxError."""
        try:
            piece, _ = read_cell(text, f"the cell in {_line_of_submission()}")
        except SubmissionError as error:
            raise SyntaxError(error.raised.message) from None
        self.run(Source.of(piece), names)

    def first_cause(self, error: Any) -> Raised | None:
        """Why the name that is missing in an error was not bound, if a statement failed for it."""
        with suppress(BaseException):  # a submission may raise one with anything in it
            name: str = error.name
            if issubclass(type(error), AttributeError) and type(error.obj) is types.ModuleType:
                return self.cause(error.obj.__name__, name)
            if type(error) is NameError:
                *_, (frame, _) = traceback.walk_tb(error.__traceback__)
                return self.cause(frame.f_globals["__name__"], name)
        return None

    def cause(self, module: str, name: str) -> Raised | None:
        """What failed so that a module doesn't have this name."""
        return self._causes.get(module, {}).get(name)

    def from_modules(self, name: str) -> Any:
        """A function of this name in a module of the student's that was imported, or None."""
        for module in [*sys.modules.values()]:
            found = getattr(module, "__dict__", {}).get(name)
            if getattr(getattr(module, "__spec__", None), "loader", None) is self.modules and found:
                self.remarks.append(f"`{name}` is the one in {module.__file__}")
                return found
        return None

    def _run_piece(self, piece: Piece, names: dict[str, Any], compiler: codeop.Compile) -> None:
        last = piece.tree.body[-1] if piece.cell and piece.tree.body else None
        left = deque(piece.tree.body)
        while left:
            node = left.popleft()
            parts = split_import(node)
            if len(parts) > 1:
                left.extendleft(reversed(parts))
                continue
            try:
                if isinstance(node, ast.If):  # each of its statements may fail alone
                    test = self._evaluate(node.test, piece, names, compiler)
                    left.extendleft(reversed(node.body if test else node.orelse))
                elif node is last and isinstance(node, ast.Expr):
                    _show(self._evaluate(node.value, piece, names, compiler), piece.cell, names)
                else:
                    self._execute(node, piece, names, compiler)
            except BaseException as error:
                self._skip(error, node, piece, names)
                left.extendleft(reversed([*not_reached(node, _lines(error, piece))]))

    def _execute(
        self, node: ast.stmt, piece: Piece, names: dict[str, Any], compiler: codeop.Compile
    ) -> None:
        """Runs a statement. Annotations that can't be evaluated are postponed."""
        if isinstance(node, ast.ImportFrom) and node.level and not names.get("__package__"):
            node = absolute(node)
        module = ast.Module([node], [])
        first: Exception | None = None
        annotated = isinstance(node, (*SCOPES, ast.AnnAssign)) and bool(annotations(node))
        if not annotated or not self._annotated_with_missing(node, names):
            try:
                self._evaluate(module, piece, names, compiler)
                return
            except ModuleNotFoundError as error:
                for name, nearer in nearer_imports(node, error.name):
                    if self.modules.has(name):
                        with suppress(ImportError):
                            return self._execute(nearer, piece, names, compiler)
                raise
            except Exception as error:
                if not annotated:
                    raise
                first = error
        flags = compiler.flags | POSTPONED
        exec(compile(module, piece.filename, "exec", flags=flags, dont_inherit=True), names)
        if first and not self.first_cause(first):
            why = describe(first, "import")
            self.remarks.append(
                f"{_at(node, piece)}: an annotation was ignored ({why.type}: {why.message})"
            )

    def _annotated_with_missing(self, node: ast.stmt, names: dict[str, Any]) -> bool:
        """Whether annotations, also of functions inside this one, need what has failed."""
        missing = self._causes.get(str(names.get("__name__")))
        if not missing:
            return False
        inside = (part for annotation in annotations(node) for part in ast.walk(annotation))
        used = {part.id for part in inside if isinstance(part, ast.Name)}
        return any(name in missing and name not in names for name in used)

    def _evaluate(
        self,
        node: ast.Module | ast.expr,
        piece: Piece,
        names: dict[str, Any],
        compiler: codeop.Compile,
    ) -> Any:
        """Runs code, also with `await` at its top level; the value of an expression."""
        mode = "exec" if isinstance(node, ast.Module) else "eval"
        tree = node if isinstance(node, ast.Module) else ast.Expression(node)
        code = compiler(tree, piece.filename, mode)  # type: ignore[arg-type]
        if code.co_flags & inspect.CO_COROUTINE:
            return self._loop.run(types.FunctionType(code, names)())
        return eval(code, names)

    def _skip(
        self, error: BaseException, node: ast.stmt, piece: Piece, names: dict[str, Any]
    ) -> None:
        """Remembers why the names that a statement binds are missing; a remark on a first cause."""
        cause = self.first_cause(error)
        if isinstance(node, ast.ImportFrom) and issubclass(type(error), ImportError):
            cause = self.cause(node.module or "", node.names[0].name)
        if cause is None:
            cause = describe(error, "import")
            message = f"{cause.type}: {cause.message}" if cause.message else cause.type
            if message not in self._told:  # such as a missing library, imported twice
                self._told.add(message)
                self.remarks.append(f"{_at(node, piece)} was skipped: {message}")
        causes = self._causes.setdefault(str(names.get("__name__")), {})
        for name in bound_names(node):
            causes.setdefault(name, cause)


def _at(node: ast.stmt, piece: Piece) -> str:
    return (place(piece.filename, node.lineno) or Place()).where


def _show(value: Any, cell: int, names: dict[str, Any]) -> None:
    """Keeps the value of a cell's last expression as a notebook does: `_`, `_3`, `Out[3]`."""
    if value is None:
        return
    names.update(___=names.get("__", ""), __=names.get("_", ""), _=value)
    names[f"_{cell}"] = value
    names.get("Out", {})[cell] = value


def _lines(error: BaseException, piece: Piece) -> list[int]:
    """The lines of a piece's top level in which an error arose, and those that it arose from."""
    found: list[int] = []
    seen: BaseException | None = error
    with suppress(BaseException):  # a submission's class may say anything
        while seen is not None and len(found) < 100:
            stack = traceback.walk_tb(seen.__traceback__)
            lines = [
                number for frame, number in stack if frame.f_code.co_filename == piece.filename
            ]
            found += lines[:1]
            seen = seen.__context__
    return found


def _line_of_submission() -> str:
    """The innermost line of the submission that is being run."""
    frames: Callable[[Any], Iterator[tuple[Any, int]]] = traceback.walk_stack
    places = (place(frame.f_code.co_filename, number) for frame, number in frames(None))
    return next((found.where for found in places if found), "a text")
