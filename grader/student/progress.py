"""A student's progress: which hints were shown, which stubs were accepted."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..course.catalogue import Entry

log = logging.getLogger(__name__)

FILE = ".progress.json"  # in the course's folder
NOT_STARTED = re.compile(r"^\s*raise NotImplementedError\b.*\n?", re.MULTILINE)


@dataclass
class Progress:
    """hints: how many were shown, by problem. accepted: digest of the source, by problem."""

    hints: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path) -> Progress:
        """Empty if the file is missing or damaged."""
        try:
            return msgspec.json.decode((root / FILE).read_bytes(), type=cls)
        except FileNotFoundError:
            pass  # the first time
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            log.info("%s can't be read, so hints start at the first one: %s", root / FILE, error)
        return cls()

    def save(self, root: Path) -> None:
        """Only warns if the course can't be written to."""
        try:
            (root / FILE).write_bytes(msgspec.json.encode(self) + b"\n")
        except OSError as error:
            log.warning(
                "your progress is not saved (%s): make %s writable, or copy the course",
                error.strerror,
                root,
            )

    def is_accepted(self, problem_id: str, source: bytes) -> bool:
        """Whether exactly this source was accepted."""
        return self.accepted.get(problem_id) == _digest(source)

    def accept(self, problem_id: str, source: bytes, accepted: bool) -> None:
        """Records the verdict on a source."""
        if accepted:
            self.accepted[problem_id] = _digest(source)
        else:
            self.accepted.pop(problem_id, None)


def stub(entry: Entry) -> Path:
    """The file that a student fills in."""
    return entry.folder / "stub.py"


def started(source: bytes) -> bool:
    """Whether a stub no longer raises NotImplementedError."""
    return not NOT_STARTED.search(source.decode("utf-8", "replace"))


def hints(entry: Entry) -> Sequence[str]:
    """The hints of a problem, in order, as Markdown. Raises OSError."""
    text = (entry.folder / "hints.md").read_text("utf-8")
    return [part.strip() for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]]


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()
