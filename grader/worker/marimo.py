"""Reads a marimo notebook: a Python file whose cells are functions, run in order of need."""

import ast
import heapq
from collections import defaultdict
from dataclasses import replace

from .source import Piece, Source
from .statements import bound_names, used_names

# Where a node keeps the name that it binds or uses, if not in `name`.
FIELDS: dict[type[ast.AST], str] = {ast.Name: "id", ast.arg: "arg", ast.alias: "asname"}


def is_marimo(tree: ast.Module) -> bool:
    """Whether the file makes an `app` of marimo and has cells."""
    return any(map(_makes_app, tree.body)) and any(_kind(node) for node in tree.body)


def read_marimo(piece: Piece) -> Source:
    """The statements of all cells. A cell that needs a name runs after the cell that binds it."""
    cells = [cell for node in piece.tree.body if (cell := _cell(node))]
    ordered = [node for cell in _in_order_of_need(cells) for node in cell]
    return Source.of(replace(piece, tree=ast.Module(ordered, [])))


def _makes_app(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="app")], value=ast.Call(func=function)):
            return ast.unparse(function) in ("marimo.App", "mo.App", "App")
    return False


def _kind(node: ast.stmt) -> str:
    """By which attribute of the app a statement is a cell, such as "function"; "" if it is none."""
    match node:
        case ast.With(items=[item]):
            found = [_of_app(item.context_expr)]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            found = [_of_app(decorator) for decorator in node.decorator_list]
        case _:
            found = []
    return next(filter(None, found), "")


def _cell(node: ast.stmt) -> list[ast.stmt]:
    """The statements of a cell; none if it is disabled, or no cell, such as `app.run()`."""
    kind = _kind(node)
    match node:
        case ast.With(body=body) if kind == "setup":
            return body
        case ast.FunctionDef() | ast.AsyncFunctionDef() if kind == "cell":
            return _with_own_names(node)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if kind != "disabled":
            node.decorator_list = [d for d in node.decorator_list if not _of_app(d)]
            return [node]
        case ast.Import() | ast.ImportFrom():
            return [node]
    return []


def _of_app(node: ast.expr) -> str:
    """What `app.what` or `app.what(...)` asks for, or "disabled"; "" for anything else."""
    if isinstance(node, ast.Call):
        options = {option.arg: option.value for option in node.keywords}
        disabled = options.get("disabled")
        if isinstance(disabled, ast.Constant) and disabled.value is True:
            return "disabled"
        node = node.func
    match node:
        case ast.Attribute(value=ast.Name(id="app"), attr=name):
            return name
    return ""


def _with_own_names(cell: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    """A cell's statements. Names that begin with _ are its own: they get the cell's line."""
    body = [node for node in cell.body if not isinstance(node, ast.Return)]
    own = {
        name
        for node in body
        for name in bound_names(node)
        if name.startswith("_") and not name.startswith("__")
    }
    for node in (inner for statement in body for inner in ast.walk(statement)) if own else ():
        field = FIELDS.get(type(node), "name")
        bound = getattr(node, field, None) or getattr(node, "name", None)
        if bound in own:
            setattr(node, field, f"{bound}_of_line_{cell.lineno}")
    return body


def _in_order_of_need(cells: list[list[ast.stmt]]) -> list[list[ast.stmt]]:
    """The cells so that each name is bound before it is used. Those in a circle come last."""
    binder: dict[str, int] = {}
    for number, cell in enumerate(cells):
        for name in (name for node in cell for name in bound_names(node)):
            binder.setdefault(name, number)
    users, waits_for = defaultdict[int, set[int]](set), [0] * len(cells)
    for number, cell in enumerate(cells):
        used = {name for node in cell for name in used_names(node)}
        needed = {binder[name] for name in used if name in binder} - {number}
        waits_for[number] = len(needed)
        for other in needed:
            users[other].add(number)
    ready = [number for number, count in enumerate(waits_for) if not count]
    order = list[int]()
    while ready:
        number = heapq.heappop(ready)
        order.append(number)
        for user in users[number]:
            waits_for[user] -= 1
            if not waits_for[user]:
                heapq.heappush(ready, user)
    circle = sorted({*range(len(cells))} - {*order})
    return [cells[number] for number in (*order, *circle)]
