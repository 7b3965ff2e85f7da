"""Stands in for IPython's shell: it runs what binds names, and nothing else happens."""

import re
import shlex
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Protocol

from .own_modules import OwnModules
from .source import Source
from .stand_ins import NOTHING

OPTIONS = re.compile(r"(?:--?[A-Za-z][\w-]*(?:[= ]?\d+)?\s+)*")
RUN_LINE = ("time", "prun", "memit")  # magics that run the rest of their line
# What `%timeit -o` and `%%timeit -o` give. Times differ from run to run, so these don't.
TIMES = SimpleNamespace(
    average=0.0, best=0.0, worst=0.0, stdev=0.0, timings=[0.0], all_runs=[0.0], loops=1, repeat=1
)


class Runner(Protocol):
    """What the shell needs of `grader.worker.run.Run`."""

    modules: OwnModules

    def run(self, source: Source, names: dict[str, Any]) -> None:
        """Runs a file's statements in a namespace."""

    def run_cell(self, text: str, names: dict[str, Any]) -> None:
        """Runs the text of a cell in a namespace."""


class Shell:
    """`get_ipython()` in one namespace."""

    def __init__(self, names: dict[str, Any], runner: Runner):
        self.user_ns = self.user_global_ns = names
        self._runner = runner
        self._magics: dict[str, Callable[..., Any]] = {
            "timeit": self._time_line,
            "run": self._run_file,
            "pylab": self._pylab,
            **dict.fromkeys(RUN_LINE, self._run_line),
        }

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> Any:
        magic = self._magics.get(name.lstrip("%"))
        return magic(line) if magic else None

    def magic(self, line: str) -> Any:
        """A line magic as older exports write it."""
        name, _, rest = line.strip().partition(" ")
        return self.run_line_magic(name, rest.strip())

    def run_cell_magic(self, name: str, line: str, cell: str) -> Any:
        if name in ("writefile", "file"):
            return self._write_file(line, cell)
        if name != "timeit":
            return self.run_cell(f"%%{name} {line}\n{cell}")
        # What a timed cell binds is gone after it.
        self._runner.run_cell(f"{_after_options(line)}\n{cell}", dict(self.user_ns))
        return TIMES

    def run_cell(self, cell: str, *_: Any, **__: Any) -> None:
        self._runner.run_cell(cell, self.user_ns)

    def ev(self, text: str) -> Any:
        return eval(text, self.user_ns)

    def ex(self, text: str) -> None:
        exec(text, self.user_ns)

    def push(self, names: dict[str, Any], *_: Any, **__: Any) -> None:
        self.user_ns.update(names)

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        return []

    def system(self, *_: Any, **__: Any) -> None:
        """Starts no program."""

    def captured(self) -> SimpleNamespace:
        """What `%%capture` binds."""
        return SimpleNamespace(stdout="", stderr="", outputs=[], show=lambda: None)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return NOTHING

    def _run_line(self, line: str) -> Any:
        """The value of the line, if it has one."""
        line = _after_options(line)
        try:
            code = compile(line, "<timed line>", "eval")
        except SyntaxError:
            exec(line, self.user_ns)
            return None
        return eval(code, self.user_ns)

    def _time_line(self, line: str) -> SimpleNamespace:
        exec(_after_options(line), dict(self.user_ns))
        return TIMES

    def _pylab(self, _: str) -> None:
        exec("import numpy\nimport numpy as np\nfrom numpy import *", self.user_ns)

    def _run_file(self, line: str) -> None:
        """Runs one of the student's own files, in names of its own that are then the notebook's."""
        words = shlex.split(line, comments=True)
        path = next((word for word in words if not word.startswith("-")), "")
        file = self._runner.modules.find(path)
        if file is None:
            raise FileNotFoundError(f"File `{path}` not found.")
        source = self._runner.modules.read(file)
        if "-i" in words or file.lower().endswith(".ipynb"):
            return self._runner.run(source, self.user_ns)
        names = {"__name__": "__main__", "__file__": file}
        self._runner.run(source, names)
        self.user_ns.update({k: v for k, v in names.items() if not k.startswith("__")})

    def _write_file(self, line: str, cell: str) -> None:
        words = shlex.split(line)
        path = next((word for word in words if not word.startswith("-")), "")
        if path.lower().endswith((".py", ".ipynb")):
            append = "-a" in words or "--append" in words
            self._runner.modules.add(path, cell.encode(), append)


# As student's code asks for it.
Shell.__name__ = Shell.__qualname__ = "ZMQInteractiveShell"


def _after_options(line: str) -> str:
    return OPTIONS.sub("", f"{line} ", count=1).strip()
