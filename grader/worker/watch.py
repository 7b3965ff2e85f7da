"""Watches which of the functions and JAX primitives that a problem forbids are really used.

A named function counts whenever it is called, and a primitive whenever it is traced or run, by
whomever on the submission's behalf: the student's line or a library that the line calls.

The watch lives beside the student's code. It sees every honest use. Someone bent on hiding a
convolution from a process that they own can.
"""

from __future__ import annotations

import functools
import re
import sys
import types
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from fnmatch import translate
from importlib.machinery import ModuleSpec
from typing import Any, Self

import numpy as np

from .frames import Use
from .source import place

# What a wrapper can stand in for. A ufunc or a jitted function has methods that one would lack.
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, type(np.convolve))


class Watch:
    """Wraps what is forbidden, from `with` or `start` to `stop`, and records who uses it.

    primitives: names of JAX primitives. calls: patterns of full names (`torch.nn.Conv*`) of
    functions and classes; of a class, what makes an instance of it or calls one is recorded. A
    function is wrapped in each module that matches, also in one that is imported later. So code
    that is loaded under the watch binds the wrapper, by whatever alias. Skipped is what can't be
    wrapped: ufuncs, jitted functions, attributes that a module makes up as they are asked for.
    """

    def __init__(self, primitives: Iterable[str], calls: Iterable[str]):
        # What stands in for a function, under whichever of its names.
        self.wrappers: dict[Callable[..., Any], Callable[..., Any]] = {}
        # Where wrappers belong: a module or class, and an attribute of it.
        self._places: list[tuple[Any, str, Callable[..., Any]]] = []
        self._looked_at = set[str]()  # names of modules
        self._primitives = tuple(primitives)
        names: dict[str, list[str]] = {}
        for module, _, name in (pattern.rpartition(".") for pattern in calls):
            names.setdefault(module, []).append(translate(name))
        # For the names of some modules, which of their attributes are forbidden.
        self._patterns = [
            (re.compile(translate(module)), re.compile("|".join(attributes)))
            for module, attributes in names.items()
        ]
        self._seen: list[Use] = []
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Puts the wrappers in place."""
        for name in self._primitives:
            self._spy(name)
        if self._patterns:
            places, self._places = self._places, []
            for holder, attribute, wrapper in places:
                self._put(holder, attribute, wrapper)
            for name in sorted(sys.modules.keys() - self._looked_at, key=_how_hidden):
                self._wrap_in(name)
            sys.meta_path.insert(0, self)
            self._undo.callback(sys.meta_path.remove, self)

    def stop(self) -> None:
        """Leaves JAX and all modules as they were."""
        self._undo.close()

    def take(self) -> tuple[Use, ...]:
        """What was used since the last time: each thing once, and of each line the outermost.

        JAX then forgets what it has traced, so that the next use is seen even if it is the same.
        """
        seen = tuple(self._seen)
        if seen:
            import jax

            jax.clear_caches()  # type: ignore[no-untyped-call]
            self._seen.clear()
        return seen

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        """Asked by Python for each module that is imported: wraps in it as soon as it has run."""
        if not self._wanted_in(name):
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, specs), None)
        if spec is None or spec.loader is None:
            return spec
        loader: Any = spec.loader

        def exec_module(module: types.ModuleType) -> None:
            del loader.exec_module
            loader.exec_module(module)
            self._wrap_in(name)

        loader.exec_module = exec_module
        return spec

    def _wanted_in(self, module: str) -> list[re.Pattern[str]]:
        return [name for pattern, name in self._patterns if pattern.match(module)]

    def _wrap_in(self, name: str) -> None:
        self._looked_at.add(name)
        module = sys.modules.get(name)
        wanted = self._wanted_in(name)
        if not wanted or not isinstance(module, types.ModuleType):
            return
        for attribute, value in [*vars(module).items()]:
            if any(pattern.match(attribute) for pattern in wanted):
                self._wrap(module, attribute, f"{name}.{attribute}", value)

    def _wrap(self, module: types.ModuleType, attribute: str, name: str, value: Any) -> None:
        if isinstance(value, FUNCTIONS):
            wrapper = self.wrappers.get(value) or self._wrapper(name, value)
            self.wrappers[value] = wrapper
            self._put(module, attribute, wrapper)
        elif isinstance(value, type):
            for method in ("__init__", "__call__"):
                owner = next(base for base in (*value.__mro__, type) if method in vars(base))
                function = vars(owner)[method]
                if isinstance(function, FUNCTIONS):
                    self._put(value, method, self._wrapper(name, function))

    def _wrapper(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._saw(name)
            return function(*args, **kwargs)

        return watched

    def _put(self, holder: Any, name: str, new: Callable[..., Any]) -> None:
        before = vars(holder).get(name)
        try:
            setattr(holder, name, new)
        except (AttributeError, TypeError):  # it can't be changed
            return
        self._places.append((holder, name, new))
        if before is None:
            self._undo.callback(delattr, holder, name)
        else:
            self._undo.callback(setattr, holder, name, before)

    def _spy(self, name: str) -> None:
        """JAX derives a result type for each primitive that it traces or runs on its own."""
        from jax.extend.core import primitives

        primitive = getattr(primitives, f"{name}_p")
        typed: Callable[..., Any] = primitive.abstract_eval

        def abstract_eval(*args: Any, **params: Any) -> Any:
            self._saw(name)
            return typed(*args, **params)

        primitive.abstract_eval = abstract_eval
        self._undo.callback(setattr, primitive, "abstract_eval", typed)

    def _saw(self, name: str) -> None:
        new = Use(name, *_caller())
        if not any(use.name == name or use.where == new.where for use in self._seen):
            self._seen.append(new)


def _how_hidden(module: str) -> tuple[bool, int, str]:
    """Sorts modules so that a function is named by the most public of its names."""
    return "._" in module, module.count("."), module


def _caller() -> tuple[str, ...]:
    """The innermost line of the submission that is being run."""
    frame: types.FrameType | None = sys._getframe()
    while frame is not None:
        found = place(frame.f_code.co_filename, frame.f_lineno)
        if found:
            return found
        frame = frame.f_back
    return ()
