"""The notebooks in a real kernel: as handed out, with a wrong answer, and with a right one."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from support.command import Execute
from support.course import PROBLEMS, ROOT, entries

from grader import check
from grader.handout.notebooks import FOLDER, notebook_of

WRONG = "channels_reversed.py"
RIGHT_FILE = {
    "patch_embed_cls": "einsum_over_six_axes.py",
    "vit_patch_embed": "conv_without_bias.py",
}


def bank(problem_id: str, name: str) -> str:
    return (ROOT / "solutions" / problem_id / name).read_text()


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_the_notebook_is_not_stale(problem_id: str) -> None:
    """`grader notebooks` makes it anew."""
    path = ROOT / FOLDER / f"{problem_id}.ipynb"
    assert path.read_text("utf-8") == notebook_of(entries()[problem_id])
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert "orig" not in path.read_text("utf-8")


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_as_handed_out_it_is_not_started(problem_id: str, execute: Execute) -> None:
    answer = execute(problem_id, None)
    assert "Not started" in answer["text/html"]
    assert "Not started" in answer["text/plain"]


@pytest.mark.parametrize("problem_id", PROBLEMS)
def test_a_right_answer_is_accepted(problem_id: str, execute: Execute) -> None:
    answer = execute(problem_id, bank(problem_id, f"accepted/{RIGHT_FILE[problem_id]}"))
    assert "accepted" in answer["text/html"]
    assert "✗" not in answer["text/html"]
    assert "All groups are right" in answer["text/plain"]


@pytest.mark.sweep
@pytest.mark.parametrize(
    ("returned", "said", "pictures"),
    [
        ("np.roll(_right(x, *a), 1, axis=1)", "one place too late", 0),
        ("_right(np.roll(x, 1, axis=3), *a)", "columns 0 to 1, but it reads", 1),
    ],
)
def test_a_wrong_answer_is_explained_and_shown(
    execute: Execute, released: Path, returned: str, said: str, pictures: int
) -> None:
    shifted = bank("patch_embed_cls", "accepted/einsum_over_six_axes.py")
    shifted += "\n\n_right = patch_embed_cls\n\ndef patch_embed_cls(x, *a):\n"
    shifted += f"    import numpy as np\n    return {returned}\n"
    html = execute("patch_embed_cls", shifted, released)["text/html"]
    assert said in html
    assert html.count("<svg") == pictures
    assert "[CLS]" in html
    assert "On the smallest input that shows it" in html
    assert "<script" not in html
    assert not re.search(r"\son\w+=", html)


@pytest.mark.sweep
def test_a_rule_is_kept_in_a_kernel_too_and_jax_is_left_as_it_was(execute: Execute) -> None:
    answer = execute("patch_embed_cls", bank("patch_embed_cls", "rule_violation/flax_conv.py"))
    assert "rule violation" in answer["text/plain"]
    answer = execute("patch_embed_cls", bank("patch_embed_cls", "rule_violation/numpy_convolve.py"))
    assert "numpy.convolve" in answer["text/plain"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return 1 / 0", "ZeroDivisionError"),
        ("x[:] = 0; return x", "expected"),
        ("raise ValueError('<script>alert(1)</script>\\x1b[2J\\u202e')", "ValueError"),
    ],
)
@pytest.mark.sweep
def test_the_kernel_survives_and_nothing_gets_out(
    body: str, words: str, execute: Execute, released: Path
) -> None:
    stub = f"def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):\n    {body}\n"
    answer = execute("patch_embed_cls", stub, released)
    assert words in answer["text/plain"]
    assert "<script" not in answer["text/html"]
    assert "\x1b" not in answer["text/html"] + answer["text/plain"]
    assert "\u202e" not in answer["text/html"] + answer["text/plain"]


def test_a_wrong_call_says_what_to_write() -> None:
    with pytest.raises(TypeError, match="takes the function itself"):
        check(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="No problem asks for a function called `len`"):
        check(len)


@pytest.mark.sweep
def test_it_is_plain_html(execute: Execute, released: Path) -> None:
    """What editors that show notebooks let through: no script, no style sheet, nothing fetched."""
    wrong = bank("vit_patch_embed", f"wrong_answer/{WRONG}")
    html = execute("vit_patch_embed", wrong, released)["text/html"]
    tags = set(re.findall(r"<(\w+)", html))
    assert tags <= {"div", "p", "b", "i", "ul", "li", "span", "svg", "rect", "title", "text", "pre"}
    assert "http" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "")
