"""What a problem forbids: function calls told from the source, JAX primitives watched as they run.

The source is read before any student code runs, so what it shows can be relied on. The watch
lives beside the student's code: it sees every honest use of a primitive, through jit, vmap, scan
or custom derivatives alike, because JAX derives a result type for each primitive it traces and
for each it runs on its own. Someone bent on hiding a primitive from it can.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from typing import Any


def forbidden_calls(
    trees: Iterable[ast.Module], entry_point: str, patterns: Iterable[str]
) -> list[str]:
    """Full names (`numpy.convolve`) that match a pattern and that the entry point can reach.

    Reachable means named in the entry point's definition, or in a top-level definition or
    assignment that is itself reachable. Comments, strings and unused helpers don't count.
    """
    wanted = list(patterns)
    statements = [statement for tree in trees for statement in tree.body]
    definitions = _definitions(statements)
    # What it defines is its own, whatever a star import may bring.
    names = _full_names(statements, {name: [] for name in definitions})
    reached, queue, found = set[str](), [entry_point], dict[str, None]()
    while queue:
        name = queue.pop()
        if name in reached:
            continue
        reached.add(name)
        for node in definitions.get(name, ()):
            local = _full_names(ast.walk(node), names)
            for part in ast.walk(node):
                if isinstance(part, ast.Name):
                    queue.append(part.id)
                if isinstance(part, ast.Attribute | ast.Name):
                    for full in _resolve(part, local):
                        if any(fnmatchcase(full, pattern) for pattern in wanted):
                            found[full] = None
    return list(found)


STAR = "*"


def _full_names(nodes: Iterable[ast.AST], known: dict[str, list[str]]) -> dict[str, list[str]]:
    """Local name -> the full names it may stand for, by imports and by plain assignments.

    Under `STAR` stand the modules whose names were all imported.
    """
    names = {name: list(full) for name, full in known.items()}

    def add(name: str, full: str) -> None:
        if full not in names.setdefault(name, []):
            names[name].append(full)

    for node in _flatten(nodes):
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                add(alias.asname or root, alias.name if alias.asname else root)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if alias.name == STAR:
                    add(STAR, node.module)
                else:
                    add(alias.asname or alias.name, f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    for full in _resolve(node.value, names):
                        add(target.id, full)
    return names


def _flatten(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes, and those inside the blocks that may guard an import."""
    for node in nodes:
        yield node
        if isinstance(node, ast.Try | ast.If | ast.With | ast.ExceptHandler):
            yield from _flatten(ast.iter_child_nodes(node))


def _definitions(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Top-level name -> the statements that give it a meaning, or change what it holds."""
    definitions: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        names: set[str] = set()
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = {statement.name}
        elif not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr):
            for node in ast.walk(statement):
                if isinstance(node, ast.FunctionDef | ast.ClassDef):
                    names.add(node.name)
                elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(
                    node.ctx, ast.Store
                ):
                    names |= {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        for name in names:
            definitions.setdefault(name, []).append(statement)
    return definitions


def _resolve(node: ast.expr, names: dict[str, list[str]]) -> list[str]:
    """The full names that `a.b.c` may stand for."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return []
    starred = [f"{module}.{node.id}" for module in names.get(STAR, ())]
    roots = names.get(node.id, starred)
    return [".".join([root, *parts]) for root in roots]


class Watch:
    """Remembers which of the forbidden JAX primitives were traced or run since `clear`."""

    def __init__(self, names: Iterable[str]):
        self.seen: dict[str, None] = {}
        wanted = set(names)
        if wanted:
            from jax.extend.core import primitives

            for name in wanted:
                self._spy(name, getattr(primitives, f"{name}_p"))

    def clear(self) -> None:
        """Forgets what was seen so far."""
        self.seen.clear()

    def _spy(self, name: str, primitive: Any) -> None:
        typed: Callable[..., Any] = primitive.abstract_eval

        def abstract_eval(*args: Any, **params: Any) -> Any:
            self.seen[name] = None
            return typed(*args, **params)

        primitive.abstract_eval = abstract_eval
