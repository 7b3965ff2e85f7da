"""Swaps functions for wrappers in a namespace whose code ran before there were any.

In a notebook, `from numpy import convolve` has long been run when `check` starts to watch.
"""

from __future__ import annotations

import inspect
import operator
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

Place = tuple[Any, Callable[[Any], object]]  # what is there, and how to put something else there


def swap(names: dict[str, Any], wrappers: Mapping[Any, Any]) -> ExitStack:
    """Puts a function's wrapper wherever code with these globals has bound the function.

    Looked at are the globals, and lists, dictionaries, classes, closures and defaults of functions
    that are reached from them. Closing the result undoes it.
    """
    instead = {id(function): wrapper for function, wrapper in wrappers.items()}
    undo = ExitStack()
    queue: list[Any] = [names]
    met = set[int]()
    while queue and instead:
        holder = queue.pop()
        if id(holder) in met:
            continue
        met.add(id(holder))
        for value, put in [*_places(holder, names)]:
            new = _swapped(value, instead)
            if new is value:
                queue.append(value)
            else:
                put(new)
                undo.callback(put, value)
    return undo


def _swapped(value: Any, instead: dict[int, Any]) -> Any:
    """The value with wrappers in it, or the value itself if there is nothing to wrap."""
    if id(value) in instead:
        return instead[id(value)]
    if type(value) is tuple:
        parts = tuple(_swapped(part, instead) for part in value)
        return value if all(map(operator.is_, parts, value)) else parts
    if isinstance(value, staticmethod):
        new = _swapped(value.__func__, instead)
        return value if new is value.__func__ else staticmethod(new)
    if type(value) is partial:
        new = _swapped(value.func, instead)
        return value if new is value.func else partial(new, *value.args, **value.keywords)
    return value


def _places(holder: Any, names: dict[str, Any]) -> Iterator[Place]:
    """The places in a holder, if it is one of those that code with these globals makes."""
    own = names.get("__name__")
    if type(holder) is dict:
        for key, value in holder.items():
            yield value, partial(operator.setitem, holder, key)
    elif type(holder) is list:
        for index, value in enumerate(holder):
            yield value, partial(operator.setitem, holder, index)
    elif isinstance(holder, type):
        for key, value in vars(holder).items() if holder.__module__ == own else ():
            yield value, partial(setattr, holder, key)
    elif isinstance(holder, types.FunctionType):
        if holder.__globals__ is names:
            yield holder.__defaults__, partial(setattr, holder, "__defaults__")
            yield holder.__kwdefaults__, partial(setattr, holder, "__kwdefaults__")
            for cell in holder.__closure__ or ():
                with suppress(ValueError):  # it is empty
                    yield cell.cell_contents, partial(setattr, cell, "cell_contents")
    elif type(holder).__module__ == own:
        yield getattr(holder, "__dict__", None), lambda _: None
    elif callable(holder):  # such as a jitted function
        yield inspect.getattr_static(holder, "__wrapped__", None), lambda _: None
