"""What a problem forbids: function calls told from the source, JAX primitives watched as they run.

The source is read before any student code runs, so what it shows can be relied on. The watch
lives beside the student's code: it sees every honest use of a primitive, through jit, vmap, scan
or custom derivatives alike, because JAX derives a result type for each primitive it traces and
for each it runs on its own. Someone bent on hiding a primitive from it can.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
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
    imports = _imports(statements)
    definitions = _definitions(statements)
    reached, queue, found = set[str](), [entry_point], dict[str, None]()
    while queue:
        name = queue.pop()
        if name in reached:
            continue
        reached.add(name)
        for node in definitions.get(name, ()):
            local = imports | _imports(ast.walk(node))
            for part in ast.walk(node):
                if isinstance(part, ast.Name):
                    queue.append(part.id)
                dotted = _dotted(part, local) if isinstance(part, ast.Attribute | ast.Name) else ""
                if any(fnmatchcase(dotted, pattern) for pattern in wanted):
                    found[dotted] = None
    return list(found)


def _imports(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """Local name -> full name, for each import among the nodes."""
    names = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                root = alias.name.partition(".")[0]
                names[alias.asname or root] = alias.name if alias.asname else root
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Try | ast.If | ast.With):
            names |= _imports(ast.iter_child_nodes(node))
    return names


def _definitions(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Top-level name -> the statements that give it a meaning."""
    definitions: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        names: list[str] = []
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [statement.name]
        elif not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr):
            names = [
                node.id
                for node in ast.walk(statement)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            ] + [
                node.name
                for node in ast.walk(statement)
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
            ]
        for name in names:
            definitions.setdefault(name, []).append(statement)
    return definitions


def _dotted(node: ast.expr, imports: dict[str, str]) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in imports:
        return ""
    return ".".join([imports[node.id], *reversed(parts)])


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
