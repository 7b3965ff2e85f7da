"""Stand-ins for packages that only talk to the student: their names exist and do nothing.

The grader's own package is one: in a worker, `check(f)` and `hint()` do nothing. Another is
IPython, whose display has nobody to show things to.
"""

import sys
import types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from typing import Any, Self

PACKAGES = ("grader", "IPython", "marimo")


class Nothing:
    """Can be called, entered, looped over and asked for any attribute. Nothing comes of it."""

    def __call__(self, *args: Any, **_: Any) -> Any:
        return self

    def __getattr__(self, name: str) -> Self:
        if name.startswith("__"):  # which Python looks up, not the student
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return ""

    def __format__(self, _: str) -> str:
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __getitem__(self, _: Any) -> Self:
        return self

    def __lt__(self, _: Any) -> bool:
        return False

    __gt__ = __le__ = __ge__ = __lt__

    def __setitem__(self, key: Any, value: Any) -> None:
        """Keeps nothing."""

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return ()  # as a base class


class NoDecorator(Nothing):
    """As a decorator it leaves a function as it is."""

    def __call__(self, *args: Any, **_: Any) -> Any:
        decorates = len(args) == 1 and isinstance(args[0], types.FunctionType | type)
        return args[0] if decorates else self


NOTHING = Nothing()
_shell: list[object] = []
_real: dict[str, types.ModuleType] = {}  # what the stand-ins replace


class StandIn(types.ModuleType):
    """A module whose every name does nothing."""

    __all__: Sequence[str] = ()
    __version__ = "0"

    def __getattr__(self, name: str) -> Nothing:
        if name.startswith("__"):
            raise AttributeError(name)
        return NOTHING if self.__name__.startswith("grader") else NoDecorator()


class StandIns:
    """Python asks this for each import; it answers for the packages and all inside them."""

    def find_spec(
        self, name: str, path: Any = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] not in PACKAGES or name.startswith("grader.worker"):
            return None
        return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        if module.__name__.startswith("IPython"):
            module.__dict__["get_ipython"] = lambda: _shell[-1]


def install() -> None:
    """From now on, the packages are stand-ins. `grader.worker` itself stays as it is."""
    _real.update(_set_aside())
    sys.meta_path.insert(0, StandIns())


def set_shell(shell: object) -> None:
    """Makes this what `IPython.get_ipython()` returns."""
    _shell.append(shell)


@contextmanager
def without_stand_ins() -> Iterator[None]:
    """Imports in this `with` statement get the real packages."""
    installed = [finder for finder in sys.meta_path if isinstance(finder, StandIns)]
    if not installed:
        yield
        return
    stood_in = _set_aside()
    sys.modules.update(_real)
    sys.meta_path.remove(installed[0])
    try:
        yield
    finally:
        _real.update(_set_aside())
        sys.modules.update(stood_in)
        sys.meta_path.insert(0, installed[0])


def _set_aside() -> dict[str, types.ModuleType]:
    """Takes the packages' modules out of `sys.modules`."""
    found = [
        name
        for name in sys.modules
        if name.partition(".")[0] in PACKAGES and not name.startswith("grader.worker")
    ]
    return {name: sys.modules.pop(name) for name in found}
