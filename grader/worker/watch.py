"""Watches which forbidden functions and JAX primitives a submission really uses.

A function counts when it is called, and a primitive when it is traced or run: by a line of the
submission, or by a library that this line calls. The watch runs beside the student's code: it sees
every honest use, and a student who wants to hide one can.
"""

import functools
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from fnmatch import fnmatchcase
from importlib.machinery import ModuleSpec
from inspect import getattr_static
from typing import Any, Self
from unittest.mock import patch

import numpy as np

from .frames import Use
from .jax_internals import watch_primitive
from .source import place

# What a wrapper can replace. A ufunc or a jitted function has methods that a wrapper would lack.
FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, type(np.convolve))


class Watch:
    """Wraps what is forbidden, inside a `with` statement, and records which lines use it.

    primitives: names of JAX primitives. calls: patterns of full names (`torch.nn.Conv*`) of
    functions and classes; using a class means to make an instance of it or to call one. A function
    is wrapped in each module that matches, also in one that is imported later. So code that is
    loaded under the watch gets the wrapper, by any alias. The watch skips what can't be wrapped:
    ufuncs, jitted functions, and attributes that a module makes on request.
    """

    def __init__(self, primitives: Iterable[str], calls: Iterable[str]):
        self.wrappers: dict[Callable[..., Any], Callable[..., Any]] = {}  # by what they wrap
        self._primitives = tuple(primitives)
        self._patterns = [call.rpartition(".") for call in calls]  # module, dot, name
        self._seen: list[Use] = []
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        for primitive in self._primitives:
            self._undo.callback(watch_primitive(primitive, self._saw))
        if self._patterns:
            # Public modules first, so that a function gets the most public of its names.
            for name in sorted(sys.modules, key=lambda name: ("._" in name, name.count("."), name)):
                self._wrap_in(name)
            sys.meta_path.insert(0, self)
            self._undo.callback(sys.meta_path.remove, self)
        return self

    def __exit__(self, *_: object) -> None:
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
        """Python calls this for each import. It wraps in the module as soon as that has run."""
        if not self._forbidden_in(name):
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

    def _forbidden_in(self, module: str) -> list[str]:
        return [name for pattern, _, name in self._patterns if fnmatchcase(module, pattern)]

    def _wrap_in(self, name: str) -> None:
        module, forbidden = sys.modules.get(name), self._forbidden_in(name)
        if not forbidden or not isinstance(module, types.ModuleType):
            return
        for attribute, value in [*vars(module).items()]:
            if not any(fnmatchcase(attribute, pattern) for pattern in forbidden):
                continue
            full_name = f"{name}.{attribute}"
            if isinstance(value, FUNCTIONS):
                wrapper = self.wrappers.setdefault(value, self._wrapper(full_name, value))
                self._put(module, attribute, wrapper)
            elif isinstance(value, type):
                for method in ("__init__", "__call__"):
                    function = getattr_static(value, method)
                    if isinstance(function, FUNCTIONS):
                        self._put(value, method, self._wrapper(full_name, function))

    def _wrapper(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._saw(name)
            return function(*args, **kwargs)

        return watched

    def _put(self, holder: Any, attribute: str, wrapper: Callable[..., Any]) -> None:
        with suppress(AttributeError, TypeError):  # it can't be changed
            self._undo.enter_context(patch.object(holder, attribute, wrapper))

    def _saw(self, name: str) -> None:
        """Records a use, in the innermost line of the submission that is being run."""
        stack = traceback.walk_stack(sys._getframe())
        places = (place(frame.f_code.co_filename, number) for frame, number in stack)
        new = Use(name, *next(filter(None, places), ()))
        if not any(use.name == name or use.where == new.where for use in self._seen):
            self._seen.append(new)
