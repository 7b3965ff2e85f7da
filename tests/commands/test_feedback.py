"""Feedback by the real command: what code says of hidden cases stays out of it, and names too."""

from __future__ import annotations

import zipfile
from pathlib import Path

from support.command import CourseOption, run
from support.sources import CALL, RIGHT

TELL = "{'SEC' + 'RET'} {x.shape} {float(x.sum())}"  # not a word of it is in the code itself
SAY = f'f"{TELL}"'
SAYS = {
    "message": f"raise ValueError({SAY})",
    "print": f"print({SAY}, flush=True); 1 / 0",
    "type": f"raise type({SAY}, (Exception,), {{}})()",
    "result": f"return type({SAY}, (), {{}})()",
    "exit": f"import sys; sys.exit({SAY})",
    "rule": "import os; from grader.worker import frames\n"
    f"    use = frames.Use({SAY}, {SAY}, {SAY})\n"
    "    for number in range(3, 30):\n"
    "        try: os.write(number, frames.pack_uses([use]))\n"
    "        except OSError: pass\n"
    "    import time; time.sleep(60)",
}


def test_nothing_of_a_hidden_case_or_of_others(small: CourseOption, tmp_path: Path) -> None:
    folder, out = tmp_path / "class", tmp_path / "out"
    folder.mkdir()
    sources = {"right": RIGHT} | {name: CALL + body for name, body in SAYS.items()}
    names = {f"zz{name}": f"zz{name}_{n}0_{n}1" for n, name in enumerate(sources, 1)}
    for name, source in zip(names, sources.values(), strict=True):
        (folder / f"{names[name]}_patch_embed_cls.py").write_text(source)
    done = run("grade", *small, folder, "-o", out, "--problem", "patch_embed_cls")
    assert done.returncode == 0, done.stderr
    assert "SECRET (" in "".join(page.read_text() for page in (out / "students").iterdir())
    pages = {page.stem.split("-zz")[1]: page.read_text() for page in (out / "feedback").iterdir()}
    assert len(pages) == len(sources)
    for mine, page in pages.items():
        assert "SECRET" not in page
        assert {name for name in names if name in page} == {
            name for name in names if mine.startswith(name[2:])
        }
    for who, said in (("message", "It raises ValueError."), ("rule", "run-time error")):
        assert said in next(page for mine, page in pages.items() if mine.startswith(who))
    with zipfile.ZipFile(out / "feedback_canvas.zip") as archive:
        assert archive.namelist() == sorted(f"{name}_feedback.html" for name in names.values())
        for entry in archive.namelist():
            assert entry.partition("_")[0] in archive.read(entry).decode()
    assert not (out / "feedback_moodle.zip").exists()
