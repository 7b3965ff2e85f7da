"""Pages of the class report, watched while a browser shows them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from grader.common.verdict import Verdict
from grader.report.report import Report
from grader.report.run import Run
from grader.writers.pages import page_names

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

STUDENTS = 500
COLUMNS = ("Name", "Id", "E-mail", "vit_patch_embed", "of 20", "patch_embed_cls", "of 20", "Total")


@dataclass
class Watched:
    """A page, and all that it did which it should not."""

    page: Page
    wrongs: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def did_nothing_wrong(self) -> None:
        """No dialog, no error, not a word in the console, and only files were asked for."""
        assert self.wrongs == []
        assert [r.url for r in self.requests if not r.url.startswith("file:")] == []


@contextmanager
def watched(browser: Browser, path: Path, **options: object) -> Iterator[Watched]:
    opened = browser.new_page(**{"viewport": {"width": 1200, "height": 900}, **options})
    found = Watched(opened)

    def dialog(box: object) -> None:
        found.wrongs.append("a dialog")
        box.dismiss()  # type: ignore[attr-defined]

    opened.on("dialog", dialog)
    opened.on("pageerror", lambda error: found.wrongs.append(f"an error: {error}"))
    opened.on("console", lambda message: found.wrongs.append(f"in the console: {message.text}"))
    opened.on("request", lambda request: found.requests.append(request))
    opened.goto(path.as_uri())
    try:
        yield found
    finally:
        opened.close()


def student_file(folder: Path, run: Run, student_id: str) -> Path:
    return folder / "students" / page_names(run)[student_id]


def first(run: Run, verdict: Verdict) -> Report:
    return next(report for report in run.reports if report.verdict is verdict)
