"""Which of the functions that a problem forbids a submission's source calls.

It is read before any student code runs, so that what it shows can be relied on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatchcase

from .frames import Use
from .source import Piece, place

Names = dict[str, list[str]]  # a name -> the full names that it may stand for
STAR = "*"  # under this name: the modules whose names were all imported
Method = ast.FunctionDef | ast.AsyncFunctionDef
Function = Method | ast.Lambda
# Through these, code may call what it doesn't name.
BY_ANY_NAME = {"getattr", "vars", "dir", "eval", "exec", "__dict__", "methodcaller", "getmembers"}
# These decorators of a method don't call it, nor hand it to what would.
PLAIN = {"property", "cached_property", "staticmethod", "classmethod"}
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def forbidden_calls(
    trees: Iterable[ast.Module], entry_point: str, patterns: Iterable[str]
) -> dict[str, ast.expr]:
    """Full names (`numpy.convolve`) that match a pattern and that the entry point can reach, each
    with a place that names it.

    Reachable means named in the entry point's definition, or in a top-level definition or
    assignment that is itself reachable; a method of a class that is all in the file is, and a
    function within a function, once its name is. Comments, strings, unused helpers and definitions
    that were replaced later don't count.
    """
    wanted = list(patterns)
    statements = [statement for tree in trees for statement in tree.body]
    definitions = _definitions(statements)
    names = _last_meanings(statements, definitions)
    named, found = {entry_point}, dict[str, ast.expr]()
    queue: list[ast.AST] = [*definitions.pop(entry_point, ())]
    methods: dict[str, list[ast.stmt]] = {}
    while queue:
        node = queue.pop()
        if isinstance(node, ast.ClassDef) and _all_here(node, statements):
            for part in ast.iter_child_nodes(node):
                if isinstance(part, Method) and _waits(part):
                    methods.setdefault(part.name, []).append(part)
                else:
                    queue.append(part)
        else:
            for use, known, local in _uses(node, names, frozenset()):
                if isinstance(use, ast.Name) and use.id not in local:
                    queue += definitions.pop(use.id, ())
                for full in _resolve(use, known):
                    if any(fnmatchcase(full, pattern) for pattern in wanted):
                        found.setdefault(full, use)
            named |= _words(node)
        for name in [*methods] if named & BY_ANY_NAME else named & methods.keys():
            queue += methods.pop(name)
    return found


def forbidden_in(pieces: Sequence[Piece], entry_point: str, patterns: Iterable[str]) -> list[Use]:
    """`forbidden_calls` of a submission, with the lines that it has them in."""
    uses = []
    trees = [piece.tree if piece.name else _without_main(piece.tree) for piece in pieces]
    found = forbidden_calls(trees, entry_point, patterns)
    for name, node in found.items():
        piece = next(piece for piece in pieces if any(n is node for n in ast.walk(piece.tree)))
        piece.remember()
        uses.append(Use(name, *place(piece.filename, node.lineno) or ()))
    return uses


def _without_main(tree: ast.Module) -> ast.Module:
    """A file is imported, so that what stands under `if __name__ == "__main__":` doesn't run."""
    body: list[ast.stmt] = []
    for node in tree.body:
        main = isinstance(node, ast.If) and ast.unparse(node.test) == "__name__ == '__main__'"
        body += node.orelse if isinstance(node, ast.If) and main else [node]
    return ast.Module(body, type_ignores=[])


def _all_here(definition: ast.ClassDef, statements: Iterable[ast.stmt]) -> bool:
    """Whether nothing that comes from elsewhere calls methods of a class by names of its own."""
    if definition.decorator_list or definition.keywords:
        return False
    classes = {s.name: s for s in statements if isinstance(s, ast.ClassDef) and s is not definition}
    return all(
        isinstance(base, ast.Name)
        and (base.id == "object" or base.id in classes)
        and (base.id not in classes or _all_here(classes.pop(base.id), classes.values()))
        for base in definition.bases
    )


def _waits(method: Method) -> bool:
    """Whether a method runs only where something names it."""
    known = all(isinstance(d, ast.Name) and d.id in PLAIN for d in method.decorator_list)
    return known and not method.name.startswith("__")


def _words(node: ast.AST) -> set[str]:
    """What may name a method: names, attributes and, for `getattr`, strings."""
    words = set[str]()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            words.add(part.id)
        elif isinstance(part, ast.Attribute):
            words.add(part.attr)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            words.add(part.value)
    return words


def _uses(
    node: ast.AST, names: Names, local: frozenset[str]
) -> Iterator[tuple[ast.expr, Names, frozenset[str]]]:
    """Every name, attribute and call in a node, what names stand for there, which are local."""
    queue = [(node, names, local)]
    while queue:
        node, names, local = queue.pop()
        if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript):
            yield node, names, local
        inside, bound = _scope(node)
        apart = {*inside, getattr(node, "annotation", None)}
        queue += [(n, names, local) for n in ast.iter_child_nodes(node) if n not in apart]
        if inside:
            names = _with_aliases(inside, {**names, **{name: [] for name in bound}})
            local |= bound
            idle = _idle(inside, bound)
            queue += [(n, names, local) for n in inside if n not in idle]


def _idle(inside: Iterable[ast.AST], bound: set[str]) -> list[ast.AST]:
    """The functions among a function's statements that nothing else in it names."""
    idle: list[ast.AST] = []
    words = set[str]()
    for node in inside:
        if isinstance(node, Method) and not node.decorator_list and node.name in bound:
            idle.append(node)
        else:
            words |= _words(node)
    if words & {"locals", *BY_ANY_NAME}:
        return []
    while called := [n for n in idle if isinstance(n, Method) and n.name in words]:
        idle = [node for node in idle if node not in called]
        words = words.union(*map(_words, called))
    return idle


def _scope(node: ast.AST) -> tuple[dict[ast.AST, None], set[str]]:
    """The parts of a node that have names of their own, in order, and those names."""
    if isinstance(node, Comprehension):
        inside = dict.fromkeys(ast.iter_child_nodes(node))
        return inside, _bound([generator.target for generator in node.generators])
    if isinstance(node, Function):
        inside = dict.fromkeys(node.body if isinstance(node.body, list) else [node.body])
        parameters = [part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)]
        return inside, _bound(inside) | {*parameters}
    return {}, set()


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    """Names that these statements or targets make local to the function they are in."""
    bound, elsewhere = set[str](), set[str]()
    queue = list(nodes)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            elsewhere.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            bound |= _imported(node)
        elif isinstance(node, Method | ast.ClassDef):
            bound.add(node.name)
            continue  # what it binds is its own
        if not isinstance(node, ast.Lambda | Comprehension):
            queue += ast.iter_child_nodes(node)
    return bound - elsewhere


def _last_meanings(statements: Iterable[ast.stmt], own: Iterable[str]) -> Names:
    """What names stand for once all of it has run: what they were given last, or in a branch since.

    What it defines is its own, whatever a star import may bring.
    """
    names: Names = {name: [] for name in own}
    for statement in statements:
        names.update((name, []) for name in _anew(statement))
        _add_aliases([statement], names)
    return names


def _anew(statement: ast.stmt) -> set[str]:
    """The names to which a statement gives a meaning that has nothing of the one before."""
    if isinstance(statement, Method | ast.ClassDef):
        decorators = [_names_in(decorator) for decorator in statement.decorator_list]
        return {statement.name}.difference(*decorators)
    if isinstance(statement, ast.Assign):
        plain = {target.id for target in statement.targets if isinstance(target, ast.Name)}
        return plain - _names_in(statement.value)
    return _imported(statement)


def _imported(statement: ast.AST) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = {(alias.asname or alias.name).partition(".")[0] for alias in statement.names}
        return names - {STAR}
    return set()


def _with_aliases(nodes: Iterable[ast.AST], known: Names) -> Names:
    """What is known, and what imports and plain assignments among these nodes add to it."""
    names = {name: list(full) for name, full in known.items()}
    _add_aliases(nodes, names)
    return names


def _add_aliases(nodes: Iterable[ast.AST], names: Names) -> None:
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
        for name, value in _assigned(node):
            for full in _resolve(value, names):
                add(name, full)


def _assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment gives, and what each stands for: `a = b = x`, `a, b = x, y`."""
    if isinstance(node, ast.AnnAssign) and node.value:
        targets: list[ast.expr] = [node.target]
        value = node.value
    elif isinstance(node, ast.Assign):
        targets, value = [*node.targets], node.value
    else:
        return
    for target in targets:
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, its_value in zip(target.elts, value.elts, strict=False):
                if isinstance(one, ast.Name):
                    yield one.id, its_value


def _flatten(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes, and those inside the blocks that don't have names of their own."""
    for node in nodes:
        yield node
        if isinstance(node, BLOCKS):
            yield from _flatten(ast.iter_child_nodes(node))


BLOCKS = (
    *(ast.Try, ast.If, ast.With, ast.For, ast.While, ast.ExceptHandler),
    *(ast.AsyncWith, ast.AsyncFor, ast.Match, ast.match_case, ast.TryStar),
)


def _definitions(statements: Iterable[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """Top-level name -> the statements that give it a meaning, or change what it holds."""
    definitions: dict[str, list[ast.stmt]] = {}
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            continue
        anew, changed = _anew(statement), set[str]()
        if isinstance(statement, Method | ast.ClassDef):
            changed = {statement.name} - anew
        elif isinstance(statement, ast.Expr):
            # A method may fill what was defined before: `table.append(f)`.
            call = statement.value
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                changed = _names_in(call.func) & definitions.keys()
        else:
            changed = _stored(statement) - anew
        for name in anew:
            definitions[name] = [statement]
        for name in changed:
            definitions.setdefault(name, []).append(statement)
    return definitions


def _stored(statement: ast.stmt) -> set[str]:
    names = set[str]()
    for node in ast.walk(statement):
        if isinstance(node, Method | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(
            node.ctx, ast.Store
        ):
            names |= _names_in(node)
    return names


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _resolve(node: ast.expr, names: Names) -> list[str]:
    """The full names that `a.b.c` may stand for, also by `getattr`, `vars` or `import_module`."""
    parts: list[str] = []
    while True:
        match node:
            case ast.Attribute(value, attribute):
                pass
            case ast.Call(ast.Name("getattr"), [value, ast.Constant(str(attribute)), *_]):
                pass
            case ast.Subscript(
                ast.Call(ast.Name("vars"), [value]) | ast.Attribute(value, "__dict__"),
                ast.Constant(str(attribute)),
            ):
                pass
            case _:
                break
        parts.insert(0, attribute)
        node = value
    match node:
        case ast.Call(ast.Name("__import__" | "import_module"), [ast.Constant(str(module)), *_]):
            return [".".join([module, *parts])]
        case ast.Call(ast.Attribute(attr="import_module"), [ast.Constant(str(module)), *_]):
            return [".".join([module, *parts])]
    if not isinstance(node, ast.Name):
        return []
    starred = [f"{module}.{node.id}" for module in names.get(STAR, ())]
    roots = names.get(node.id, starred)
    return [".".join([root, *parts]) for root in roots]
