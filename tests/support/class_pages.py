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

# Texts whose contrast with what is behind them is too low; and how many pairs of colours there are.
CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const colour = rgb(getComputedStyle(node).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    throw new Error("nothing is painted");
  };
  const low = [], tried = new Set();
  for (const node of document.body.querySelectorAll("*")) {
    if (["SCRIPT", "title"].includes(node.tagName)) continue;
    if (![...node.childNodes].some(c => c.nodeType === 3 && c.data.trim())) continue;
    const style = getComputedStyle(node);
    const ink = rgb(node instanceof SVGElement ? style.fill : style.color), paper = behind(node);
    const [a, b] = [light(ink), light(paper)].sort((x, y) => y - x);
    tried.add(`${ink} on ${paper}`);
    if ((a + 0.05) / (b + 0.05) < 4.5) low.push(`${ink} on ${paper}: ${node.textContent}`);
  }
  return [low, tried.size];
}"""


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


def student_file(folder: Path, run: Run, student_id: str, part: str = "students") -> Path:
    return folder / part / page_names(run)[student_id]


def first(run: Run, verdict: Verdict) -> Report:
    return next(report for report in run.reports if report.verdict is verdict)
