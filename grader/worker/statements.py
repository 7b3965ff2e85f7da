"""Takes statements apart and puts others in their place. Nothing is run here."""

import ast
from collections.abc import Iterator

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def split_import(node: ast.stmt) -> list[ast.stmt]:
    """An import of several things as several imports; any other statement as it is."""
    match node:
        case ast.Import(names=[_, _, *_]):
            return [ast.copy_location(ast.Import([alias]), node) for alias in node.names]
        case ast.ImportFrom(module=module, names=[_, _, *_], level=level) if module != "__future__":
            return [
                ast.copy_location(ast.ImportFrom(module, [alias], level), node)
                for alias in node.names
            ]
    return [node]


def absolute(node: ast.ImportFrom) -> ast.stmt:
    """`from .helper import f` in a file that is no part of a package, as it is meant."""
    if node.module:
        return ast.copy_location(ast.ImportFrom(node.module, node.names, 0), node)
    return ast.copy_location(ast.Import(node.names), node)


def nearer_imports(node: ast.stmt, missing: str | None) -> Iterator[tuple[str, ast.stmt]]:
    """What `from my.src.helper import f` or `import my.src.helper as h` may mean if `my` is
    missing: `src.helper`, then `helper`, each with the import from there. Learning systems take
    files out of their folders.
    """
    match node:
        case ast.ImportFrom(module=str(name), names=names, level=0):
            as_name = None
        case ast.Import(names=[ast.alias(name=name, asname=str(as_name))]):
            names = []
        case _:
            return
    if not f"{name}.".startswith(f"{missing}."):
        return
    while name := name.partition(".")[2]:
        nearer = (
            ast.Import([ast.alias(name, as_name)]) if as_name else ast.ImportFrom(name, names, 0)
        )
        yield name, ast.fix_missing_locations(ast.copy_location(nearer, node))


def not_reached(node: ast.stmt, failed: list[int]) -> Iterator[ast.stmt]:
    """The statements of a failed `with` or `try` that would have been next, had it not failed."""
    if not isinstance(node, ast.With | ast.AsyncWith | ast.Try):
        return
    first, last = node.body[0].lineno, node.body[-1].end_lineno or 0
    inside = [line for line in failed if first <= line <= last]
    if isinstance(node, ast.Try) and not inside:
        return
    reached = max(inside, default=first - 1)
    for statement in node.body:
        if statement.lineno > reached:
            yield statement
        elif (statement.end_lineno or 0) >= reached:
            yield from not_reached(statement, failed)
    if isinstance(node, ast.Try):
        yield from node.orelse


def annotations(node: ast.stmt) -> list[ast.expr]:
    found = []
    for inner in ast.walk(node):
        for field in ("annotation", "returns"):
            if isinstance(part := getattr(inner, field, None), ast.expr):
                found.append(part)
    return found


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
