"""Serves the student's own modules to `import` and `%run`, from memory: there are no files."""

import io
import os
import posixpath
import sys
import types
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from typing import IO, Any

from .notebook import read_notebook
from .scripts import read_script
from .source import Source, SubmissionError
from .stand_ins import PACKAGES

RunSource = Callable[[Source, dict[str, Any]], None]


class OwnModules:
    """Python asks this for each import, as soon as there is a file.

    files: by the path from the submission's folder ("helper.py", "utils/cut.py"). run: runs a
    module's source in its namespace. A module at its right place hides an installed one, as it
    does for Python. Elsewhere it is found only if nothing else has its name, because the student
    may have changed `sys.path`.
    """

    def __init__(self, files: Mapping[str, bytes], run: RunSource):
        self.files: dict[str, bytes] = {}
        self._run = run
        self._elsewhere = _Elsewhere(self)
        for path, data in files.items():
            self.add(path, data)

    def add(self, path: str, data: bytes, append: bool = False) -> None:
        """Adds a file, or replaces it."""
        if not self.files:
            sys.meta_path.insert(0, self)
            sys.meta_path.append(self._elsewhere)
        path = _plain(path)
        self.files[path] = self.files.get(path, b"") + data if append else data

    def find(self, path: str) -> str | None:
        """The path of the file that `%run` means by this."""
        wanted = _plain(path)
        for name in (wanted, f"{wanted}.py", f"{wanted}.ipynb"):
            if name in self.files:
                return name
        names = [posixpath.basename(name) for name in (wanted, f"{wanted}.py", f"{wanted}.ipynb")]
        found = [file for file in sorted(self.files) if posixpath.basename(file) in names]
        return found[0] if found else None

    def has(self, name: str) -> bool:
        """Whether there is a module of this name, in its right place."""
        return self.find_spec(name) is not None

    def open(self, file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:
        """Python's `open`, with the student's own files: `exec(open("helper.py").read())`."""
        own = _plain(os.fsdecode(file)) if isinstance(file, str | os.PathLike) else ""
        if own not in self.files or not set(mode) <= set("rtb") or os.path.exists(file):
            return open(file, mode, *args, **kwargs)
        data = io.BytesIO(self.files[own])
        return data if "b" in mode else io.TextIOWrapper(data, kwargs.get("encoding") or "utf-8")

    def read(self, path: str) -> Source:
        """The statements of one of the files. Raises SyntaxError."""
        read = read_notebook if path.lower().endswith(".ipynb") else read_script
        try:
            return read(self.files[path], path)
        except SubmissionError as error:
            where = error.raised.where or path
            raise SyntaxError(f"{where}: {error.raised.message}") from None

    def find_spec(
        self, name: str, path: Any = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in PACKAGES:  # such as the grader of a course that came along
            return None
        return self.spec(name, name.replace(".", "/"))

    def spec(self, name: str, path: str) -> ModuleSpec | None:
        """The module in `path`.py, or the package in the folder `path`."""
        for file in (f"{path}/__init__.py", f"{path}.py"):
            if file in self.files:
                return self._spec(name, file, is_package=file != f"{path}.py")
        if any(file.startswith(f"{path}/") for file in self.files):
            return self._spec(name, "", is_package=True)
        return None

    def _spec(self, name: str, file: str, is_package: bool) -> ModuleSpec:
        return ModuleSpec(name, self, origin=file, is_package=is_package)  # type: ignore[arg-type]

    def create_module(self, spec: ModuleSpec) -> None:
        """Leaves it to Python."""

    def exec_module(self, module: types.ModuleType) -> None:
        file = module.__spec__.origin if module.__spec__ else None
        if not file:
            return
        module.__file__ = file
        self._run(self.read(file), module.__dict__)


class _Elsewhere:
    """Finds, last of all, a module in any folder."""

    def __init__(self, modules: OwnModules):
        self._modules = modules

    def find_spec(
        self, name: str, path: Any = None, target: types.ModuleType | None = None
    ) -> ModuleSpec | None:
        wanted = name.replace(".", "/")
        for file in sorted(self._modules.files):
            head, found, rest = f"/{file}".rpartition(f"/{wanted}")
            if found and (rest == ".py" or rest.startswith("/")):
                return self._modules.spec(name, f"{head}/{wanted}".lstrip("/"))
        return None


def _plain(path: str) -> str:
    """A path from the submission's folder, without what leads there."""
    parts = posixpath.normpath(path.strip("\"'").replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part not in ("", ".", ".."))
