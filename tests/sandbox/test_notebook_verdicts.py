"""Notebooks as submissions: what else is in them costs nothing, and a message names the cell."""

from __future__ import annotations

import json

import pytest
from support.course import Grade, limited, square
from support.sources import CALL, RIGHT, notebook
from support.verdicts import one

from grader.common.verdict import Verdict
from grader.sandbox import Sandbox


@pytest.mark.parametrize(
    "cells",
    [
        [("markdown", "# def patch_embed_cls(: no code"), RIGHT],
        ["%matplotlib inline\n!pip install torch\n%load_ext autoreload", RIGHT],
        ["files = !ls\nwhere = %pwd\nget_ipython().system('ls')", RIGHT],
        ["%%bash\nrm -rf /", "%%writefile x.py\nsyntax error(", RIGHT],
        ["%%time\n" + RIGHT.strip()],
        ["import asyncio\nawait asyncio.sleep(0.001)\nready = 1", RIGHT + "\nassert ready"],
        ["1 / 0", "raise SystemExit", "def broken(:", RIGHT, "undefined_name", "input('?')"],
        ["def patch_embed_cls(x): return 'first try'", RIGHT],
        [RIGHT, "?patch_embed_cls", "patch_embed_cls??"],
        ["", "   ", "# only a comment", RIGHT],
        ["%%time\n!pip list\n%matplotlib inline\nawait __import__('asyncio').sleep(0)\n" + RIGHT],
        ["display(1, _)\n" + RIGHT],
        ["In [1]: import numpy as np\n   ...: ready = 1", RIGHT + "assert ready"],
        ["from __future__ import annotations", RIGHT.replace("(x,", "(x: Array,"), "1 + 1"],
        ["if __name__ == '__main__':\n" + RIGHT.replace("\n", "\n    ")],
        [
            "import asyncio\ntask = asyncio.ensure_future(asyncio.sleep(0, 7))",
            "await task\n" + RIGHT,
        ],
    ],
)
def test_what_a_notebook_holds_besides_the_function_costs_nothing(
    cells: list[str | tuple[str, str]], grade: Grade
) -> None:
    one(grade(notebook(*cells), suffix=".ipynb"), Verdict.ACCEPTED)


RIGHT_CELL = {"cell_type": "code", "source": RIGHT}


@pytest.mark.parametrize(
    "damaged",
    [
        {"nbformat": 4, "metadata": "x", "cells": [RIGHT_CELL | {"metadata": None, "id": 3}]},
        {"nbformat": 4, "cells": [{}, None, {"cell_type": "sql"}, RIGHT_CELL]},
        {"nbformat": 4, "cells": [{"cell_type": "code"}, RIGHT_CELL | {"source": [RIGHT]}]},
        {"nbformat": 4, "cells": [RIGHT_CELL | {"attachments": 1, "execution_count": "*"}] * 2},
        {"nbformat": "4", "cells": [{"cell_type": "code", "source": None}, RIGHT_CELL]},
        {"nbformat": 5, "nbformat_minor": [], "cells": [RIGHT_CELL]},
        {"cells": [RIGHT_CELL]},
        {
            "nbformat": 3,
            "worksheets": [
                {"metadata": {}},
                {"cells": [{"cell_type": "heading", "level": 1, "source": "x"}]},
                {"cells": [{"cell_type": "code", "input": [RIGHT], "prompt_number": 1}]},
            ],
        },
    ],
)
def test_damage_beside_the_code_costs_nothing(damaged: dict[str, object], grade: Grade) -> None:
    for encoding in ("utf-8", "utf-16"):
        report = grade(json.dumps(damaged).encode(encoding), suffix=".ipynb")
        one(report, Verdict.ACCEPTED)
        assert report.notes == ()


@pytest.mark.parametrize(
    ("data", "parts"),
    [
        (b"", ["not a Jupyter notebook"]),
        (b"{}", ["not a Jupyter notebook"]),
        (b'{"nbformat": 4, "cells": [{"cell_type": "code"', ["not a Jupyter notebook"]),
        (b"\xff\xfe", ["not a Jupyter notebook"]),
        (b"[" * 100_000, ["not a Jupyter notebook"]),
        (notebook("def patch_embed_cls(:"), ["Python cannot read it at cell 1, line 1"]),
        (notebook("x = 1"), ["no function called `patch_embed_cls`"]),
        (notebook("a = 1", CALL + "return x[99]"), ["IndexError", "cell 2, line 2"]),
    ],
)
def test_a_broken_notebook_says_which_cell(data: bytes, parts: list[str], grade: Grade) -> None:
    message = one(grade(data, suffix=".ipynb"), Verdict.RUN_TIME_ERROR)
    for part in parts:
        assert part in message


def test_the_first_cause_is_named_where_a_case_fails(grade: Grade) -> None:
    """However many statements and modules lie between it and the call."""
    cells = ["1 / 0\nimport einops", "rearrange = einops.rearrange\ntwice = [rearrange] * 2"]
    report = grade(notebook(*cells, CALL + "return twice[0](x)"), suffix=".ipynb")
    assert "An import fails at cell 1, line 2: `import einops`" in one(
        report, Verdict.RUN_TIME_ERROR
    )
    assert report.notes == (
        "cell 1, line 1 was skipped: ZeroDivisionError: division by zero",
        "cell 1, line 2 was skipped: ModuleNotFoundError: No module named 'einops'",
    )
    stale = grade(notebook(CALL + "return x", "def patch_embed_cls(:"), suffix=".ipynb")
    assert stale.notes[0].startswith("cell 2, line 1 is not Python")


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@pytest.mark.parametrize(
    ("before", "skipped"),
    [
        ("import not_there.pyplot as plt\nplt.figure()", "No module named 'not_there'"),
        ("import numpy as np, not_there, math\nmath.pi", "No module named 'not_there'"),
        ("from math import pi, not_there, e\npi + e", "cannot import name 'not_there'"),
        ("from not_there import (\n    thing,\n)", "No module named"),
        ("data = open('cat.npy').read()\nprint(data[0])", "No such file"),
        ("import sys\nsys.exit('done')", "SystemExit: done"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("exit()", "SystemExit"),
        ("assert 1 == 2, 'no'", "AssertionError: no"),
        ("def f(): return f()\nf()", "RecursionError"),
        ("bytearray(2**60)", "MemoryError"),
        ("@missing\ndef decorated(): pass\ndecorated()", "name 'missing' is not defined"),
        ("def f(x: Tensor): pass", "an annotation was ignored (NameError: name 'Tensor'"),
        ("class A:\n    x: Missing = 1\nA().x", "an annotation was ignored"),
        ("if True:\n    1 / 0\n    ready = 1\nassert ready", "division by zero"),
        ("with open('x') as f:\n    ready = 1\nassert ready", "No such file"),
        (
            "try:\n    import not_there\n    import math\nexcept ImportError:\n    exit()\nmath",
            "Sys",
        ),
    ],
)
def test_a_statement_that_fails_costs_only_what_needs_it(
    before: str, skipped: str, suffix: str, grade: Grade
) -> None:
    source = f"{before}\n{RIGHT}\npatch_embed_cls(1)\n"
    report = grade(notebook(source) if suffix == ".ipynb" else source, suffix=suffix)
    one(report, Verdict.ACCEPTED)
    first, demo = report.notes  # and no remark on what only needed the first
    assert skipped in first
    assert demo.endswith(
        "missing 4 required positional arguments: 'w_proj', 'cls_token', "
        "'pos_embed', and 'patch_size'"
    )


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("import torch\n" + CALL + "return torch.ones(3)", ["An import fails at line 1: `import"]),
        (
            "import numpy as np\nw = np.load('w.npz')\nv = w['a']\n" + CALL + "return v",
            ["FileNotFoundError", "at line 2: `w = np.load('w.npz')`, when it is imported"],
        ),
        ("from torch import jit\n@jit\n" + CALL + "return x", ["An import fails at line 1"]),
        ("patch_embed_cls = 1 / 0", ["division by zero at line 1"]),
        ("a = bytearray(2**60)\n" + CALL + "return a", ["ran out of memory", "imported"]),
        ("exec(open('sol.py').read())", ["no function called", "line 1 was skipped: FileNot"]),
    ],
)
def test_if_the_function_needs_what_failed_the_first_cause_is_told(
    source: str, parts: list[str], grade: Grade
) -> None:
    report = grade(source)
    assert report.verdict in (Verdict.RUN_TIME_ERROR, Verdict.MEMORY_LIMIT_EXCEEDED)
    for part in parts:
        assert part in report.message


@pytest.mark.parametrize(
    "around",
    [
        "if True:\n    1 / 0\n    ",
        "if 0:\n    pass\nelif 1:\n    1 / 0\n    ",
        "with open('x') as f:\n    ",
        "import contextlib\nwith contextlib.nullcontext():\n    1 / 0\n    ",
        "with open('x'), open('y'):\n    with open('z'):\n        pass\n    ",
        "try:\n    import not_there\n    ",
    ],
)
def test_what_follows_a_failure_inside_a_block_is_run(around: str, grade: Grade) -> None:
    """As it was on the student's machine, where nothing failed."""
    end = "\nexcept ImportError:\n    raise SystemExit" if around.startswith("try") else ""
    inside = RIGHT.strip().replace("\n", "\n    ")
    one(grade(f"{around}{inside}{end}\n"), Verdict.ACCEPTED)


def test_a_folder_that_is_not_there_is_no_other_library(grade: Grade) -> None:
    """`src/helper.py` may be here as helper.py, but utils.py here is not torch's."""
    source = "from torch.utils import data\nimport utils\n" + CALL + "return data(x)"
    report = grade(source, modules={"utils.py": "x = 1"})
    assert "An import fails at line 1: `from torch.utils" in one(report, Verdict.RUN_TIME_ERROR)
    assert "No module named 'torch'" in report.message


def test_an_error_with_anything_for_a_name_is_the_submission_s(grade: Grade) -> None:
    one(grade("raise NameError('x', name=['y'])\n" + RIGHT), Verdict.ACCEPTED)
    report = grade(CALL + "raise NameError('x', name=['y'])")
    assert "It raises NameError: x at line 2" in one(report, Verdict.RUN_TIME_ERROR)


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        ("a.py", "def f(:", "a.py, line 1: invalid syntax"),
        ("a.ipynb", "[]", "a.ipynb: the file is not a Jupyter notebook that can be read ("),
    ],
)
def test_a_broken_file_that_is_run_is_a_syntax_error(
    file: str, text: str, why: str, grade: Grade
) -> None:
    report = grade(notebook(f"%run {file}", RIGHT), suffix=".ipynb", modules={file: text})
    one(report, Verdict.ACCEPTED)
    assert report.notes[0].startswith(f"cell 1, line 1 was skipped: SyntaxError: {why}")


def test_annotations_of_functions_inside_cost_nothing(grade: Grade) -> None:
    inside = RIGHT.replace(
        "    n, c, h, w", "    def f(a: torch.Tensor) -> torch.Tensor: ...\n    n, c, h, w"
    )
    one(grade("import torch\n" + inside), Verdict.ACCEPTED)


def test_code_is_limited_and_outputs_are_not(sandbox: Sandbox, grade: Grade) -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["x" * 1000 + "\n"] * 11_000}
    large = json.loads(notebook("print(1)", RIGHT))
    large["cells"][0]["outputs"] = [printed]
    one(grade(json.dumps(large), suffix=".ipynb", sandbox=sandbox), Verdict.ACCEPTED)
    refused = grade(notebook("x = '" + "x" * 2**20 + "'", RIGHT), suffix=".ipynb", sandbox=sandbox)
    assert one(refused, Verdict.RUN_TIME_ERROR) == (
        "It has 1.0 MiB of code, and 1 MiB is the limit. Hand in the code without data."
    )


RELEASED = RIGHT.replace("def patch_embed_cls", "def right")
CUT = """
def cut(x, p):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
"""
WITH_CUT = RIGHT.replace(".reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)", "")
WITH_CUT = WITH_CUT.replace("x = np.asarray(x)", "x = cut(np.asarray(x), p)")


@pytest.mark.parametrize(
    ("cells", "modules"),
    [
        (["%%capture\n%%time\n" + RIGHT], {}),
        (["# a comment\n\n%%capture out --no-stderr\n# more\n%%time\n" + RIGHT, "out.show()"], {}),
        (["%%capture\n!pip install einops\n%matplotlib inline\nimport numpy as np", RIGHT], {}),
        (["%%prun -s cumtime\n" + RIGHT, "%%debug\nready = 1", "assert ready"], {}),
        ([RIGHT, "%%timeit -n 1 -r 1 import numpy as np\nx = np.ones(2)\ndel np"], {}),
        (["np = 7\ndel np\n" + RIGHT, "%%timeit\npatch_embed_cls = None"], {}),
        (["%%heat\n" + RIGHT], {}),
        (["%%script false --no-raise-error\npatch_embed_cls = 1", RIGHT], {}),
        ([RIGHT, "%%html\n<b>", "%%bash\nls", "%%javascript\nalert(1)", "%%python\nexit("], {}),
        (["%%writefile mine.py\n" + RIGHT, "from mine import patch_embed_cls"], {}),
        (
            ["%%file 'mine.py'\n" + RIGHT, "import mine", "patch_embed_cls = mine.patch_embed_cls"],
            {},
        ),
        (
            [
                "%%writefile a.py\n" + RELEASED,
                "%%writefile -a a.py\npatch_embed_cls = right",
                "from a import *",
            ],
            {},
        ),
        (["%%writefile mine.py\n" + RIGHT, "%run mine.py"], {}),
        (
            [
                "%%writefile mine.py\nx = 1",
                "import mine, importlib",
                "%%writefile mine.py\n" + RIGHT,
                "importlib.reload(mine)\nfrom mine import patch_embed_cls",
            ],
            {},
        ),
        (["from helper import cut", WITH_CUT], {"helper.py": CUT}),
        (["import helper\ncut = helper.cut", WITH_CUT], {"helper.py": CUT}),
        (["%run helper.py", WITH_CUT], {"helper.py": CUT}),
        (["%run ./helper", WITH_CUT], {"helper.py": CUT}),
        (["%run -i 'helper.py' --flag", WITH_CUT], {"helper.py": CUT}),
        (["%run helper.ipynb", WITH_CUT], {"helper.ipynb": notebook("1 / 0", CUT)}),
        (
            ["import sys\nsys.path.append('..')\nfrom src.helper import cut", WITH_CUT],
            {"src/helper.py": CUT},
        ),
        (
            ["import sys\nsys.path.insert(0, 'src')\nimport helper\ncut = helper.cut", WITH_CUT],
            {"src/helper.py": CUT},
        ),
        (
            ["from utils.cut import cut", WITH_CUT],
            {"utils/cut.py": "from .deep.er import cut", "utils/deep/er.py": CUT},
        ),
        (
            ["from utils import cut", WITH_CUT],
            {"utils/__init__.py": "from .a import *", "utils/a.py": "import torch\n" + CUT},
        ),
        (["from src.helper import cut", WITH_CUT], {"helper.py": CUT}),
        (["from my.hw.src.helper import cut", WITH_CUT], {"src/helper.py": CUT}),
        (["import src.helper as own\ncut = own.cut", WITH_CUT], {"helper.py": CUT}),
        (
            ["from grader import check\nfrom IPython import display", RIGHT, "check(1)"],
            {"grader/__init__.py": "exit()", "IPython.py": "exit()"},
        ),
        (["from .helper import cut", WITH_CUT], {"helper.py": "!pip list\n" + CUT}),
        (
            [
                "def late(x, p):\n    from helper import cut\n    return cut(x, p)",
                WITH_CUT.replace("cut(", "late("),
            ],
            {"helper.py": CUT},
        ),
        (["from helper import patch_embed_cls as f", "check(f)"], {"helper.py": RIGHT}),
        (["from helper import *"], {"helper.py": "from grader import check\n" + RIGHT}),
        (["get_ipython().run_cell_magic('time', '', '''" + RIGHT + "''')"], {}),
        (["from IPython import get_ipython\nget_ipython().run_cell('''" + RIGHT + "''')"], {}),
        (
            [
                "from IPython.core.getipython import get_ipython as g\n"
                "g().run_line_magic('pylab', '')\n"
                "array([1])",
                RIGHT,
            ],
            {},
        ),
        (
            [
                "import IPython\nip = IPython.get_ipython()\nip.magic('matplotlib inline')\n"
                "ip.system('ls')\nassert ip.getoutput('ls') == []\nip.ex('ready = 1')\n" + RIGHT,
                "assert ready and get_ipython() is ip",
            ],
            {},
        ),
        (["t = %timeit -o -n 1 sum([1])\nprint(f'{t.average:.2f}', t.best)\n" + RIGHT], {}),
        (["x = %time 3 + 4\nassert x == 7\n%time y = 5\nassert y == 5\n" + RIGHT], {}),
        (
            ["3 + 4", "assert _ == 7 == Out[1] == _1\n'a'", "assert (_, __) == ('a', 7)\n" + RIGHT],
            {},
        ),
        (
            [
                "from IPython.display import display, clear_output, Image, HTML, YouTubeVideo\n"
                "clear_output(wait=True)\ndisplay(Image('x.png'), HTML('<b>'))\n" + RIGHT
            ],
            {},
        ),
        (
            [
                "import grader\nfrom grader import check, hint, anything\n"
                "from grader.student import *\n"
                "with hint() as h:\n    assert check(1).verdict.name\n" + RIGHT,
                "check(patch_embed_cls)\ngrader.check(patch_embed_cls)",
                "assert grader.check(patch_embed_cls).accepted",
            ],
            {},
        ),
        (["%md\n# A title", "%pip install x", RIGHT], {}),
        (
            [
                "import asyncio\nloop = asyncio.get_event_loop()",
                "task = loop.create_task(asyncio.sleep(0, 7))\n" + RIGHT,
                "assert await task == 7",
                "loop.close()",
            ],
            {},
        ),
        (["import numpy as np\r\nx = '''a\r\nb'''\r\n", RIGHT.replace("\n", "\r\n")], {}),
        (
            [
                "from __future__ import annotations\nfrom dataclasses import dataclass, InitVar\n"
                "@dataclass\nclass A:\n    x: InitVar[int]\nA(1)",
                RIGHT,
            ],
            {},
        ),
    ],
)
def test_cells_run_as_in_the_student_s_own_jupyter(
    cells: list[str], modules: dict[str, str | bytes], grade: Grade
) -> None:
    """And no remark, but on what failed on purpose."""
    report = grade(notebook(*cells), suffix=".ipynb", modules=modules)
    one(report, Verdict.ACCEPTED)
    meant = ("%%heat", "ZeroDivision", "torch", "for a notebook", "name 'check'", "is the one in")
    assert not report.notes or any(word in report.notes[0] for word in meant)


def test_modules_in_both_sandboxes(sandbox: Sandbox, grade: Grade) -> None:
    modules = {"helper.py": CUT}
    source = "from helper import cut\n" + WITH_CUT
    one(grade(source, modules=modules, sandbox=sandbox), Verdict.ACCEPTED)
    one(
        grade(notebook(source), suffix=".ipynb", modules=modules, sandbox=sandbox), Verdict.ACCEPTED
    )


@pytest.mark.parametrize(
    "reads",
    [
        "exec(open('helper.py').read())\n",
        "with open('./helper.py', 'rb') as file:\n    exec(file.read())\n",
        "import pathlib\nexec(open(pathlib.Path('helper.py'), encoding='utf-8').read())\n",
        "import math\nprint(len(open(math.__file__, 'rb').read()))\nfrom helper import cut\n",
    ],
)
def test_a_module_can_be_read_as_a_file(reads: str, grade: Grade) -> None:
    one(grade(reads + WITH_CUT, modules={"helper.py": CUT}), Verdict.ACCEPTED)


@pytest.mark.parametrize(
    ("helper", "verdict", "parts"),
    [
        (
            "def cut(x, p):\n    return [][1]",
            Verdict.RUN_TIME_ERROR,
            ["helper.py, line 2: `return []"],
        ),
        ("def cut(:", Verdict.RUN_TIME_ERROR, ["SyntaxError: helper.py, line 1: ", "at line 1"]),
        (
            "import torch\ncut = torch.cut",
            Verdict.RUN_TIME_ERROR,
            ["An import fails at helper.py, line 1: `import torch` (No module named 'torch')"],
        ),
        (
            "import numpy as np\n\ndef cut(x, p):\n    return np.convolve([1], [2])",
            Verdict.RULE_VIOLATION,
            ["`numpy.convolve` at helper.py, line 4"],
        ),
        (
            "import jax\n\ndef cut(x, p):\n    return jax.lax.conv(x, x, (1, 1), 'SAME')",
            Verdict.RULE_VIOLATION,
            ["conv_general_dilated", "helper.py, line 4"],
        ),
        ("while True: pass", Verdict.TIME_LIMIT_EXCEEDED, []),
        ("import os; os._exit(3)", Verdict.RUN_TIME_ERROR, ["exit status 3"]),
    ],
)
def test_a_second_module_is_judged_like_the_first(
    helper: str, verdict: Verdict, parts: list[str], grade: Grade
) -> None:
    plan = limited(square(), import_seconds=3)
    report = grade("from helper import cut\n" + WITH_CUT, modules={"helper.py": helper}, plan=plan)
    assert report.verdict is verdict, report.message
    for part in parts:
        assert part in report.message
