"""A convolution is a rule violation, however it is written, wrapped or run."""

from __future__ import annotations

import re

import numpy as np
import pytest
from support.course import Grade, square
from support.sources import RIGHT, notebook
from support.verdicts import one, violation

from grader.common.verdict import Verdict

CONVOLUTION = """
import jax, jax.numpy as jnp
from jax import lax

def conv(x, w_proj, p):
    n, c = x.shape[:2]
    kernel = jnp.asarray(w_proj).T.reshape(-1, c, p, p)
    out = lax.conv(jnp.asarray(x), kernel, (p, p), "VALID")
    return out.reshape(n, kernel.shape[0], -1).transpose(0, 2, 1)
"""
FINISH = """
def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    tokens = {tokens}
    cls = jnp.broadcast_to(cls_token, (tokens.shape[0], 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
"""


@pytest.mark.parametrize(
    "tokens",
    [
        "conv(x, w_proj, patch_size)",
        "jax.jit(conv, static_argnums=2)(x, w_proj, patch_size)",
        "jax.vmap(lambda image: conv(image[None], w_proj, patch_size)[0])(x)",
        "lax.map(lambda image: conv(image[None], w_proj, patch_size)[0], jnp.asarray(x))",
        "lax.cond(True, lambda: conv(x, w_proj, patch_size), lambda: conv(x, w_proj, patch_size))",
        "jax.checkpoint(lambda y: conv(y, w_proj, patch_size))(x)",
    ],
)
def test_a_convolution_is_a_rule_violation_however_wrapped(tokens: str, grade: Grade) -> None:
    report = grade(CONVOLUTION + FINISH.format(tokens=tokens))
    said = "It uses `conv_general_dilated` at line 8: `out = lax.conv(jnp.asarray(x), kernel"
    assert violation(report).startswith(said)


def test_a_convolution_warmed_up_on_import_is_still_seen(grade: Grade) -> None:
    shape = [list(a.shape) for a in square().cases[0].arguments if isinstance(a, np.ndarray)]
    warm = f"conv(jnp.ones({shape[0]}), jnp.ones({shape[1]}), {square().cases[0].arguments[-1]})\n"
    report = grade(CONVOLUTION + warm + FINISH.format(tokens="conv(x, w_proj, patch_size)"))
    violation(report)


@pytest.mark.parametrize(
    ("imports", "use"),
    [
        ("import numpy as np", "np.convolve([1.0], [1.0])"),
        ("from scipy.signal import fftconvolve as conv", "conv([1.0], [1.0])"),
        ("import scipy.signal", "scipy.signal.convolve2d([[1.0]], [[1.0]])"),
        ("import scipy", "scipy.ndimage.correlate1d([1.0], [1.0])"),
        ("from numpy import *", "convolve([1.0], [1.0])"),
        ("import numpy\nN = numpy", "N.convolve([1.0], [1.0])"),
        ("from numpy._core.numeric import convolve", "convolve([1.0], [1.0])"),
        ("import numpy\nclass K: pass\nK.f = staticmethod(numpy.convolve)", "K.f([1.0], [1.0])"),
        (
            "try:\n    from scipy.signal import convolve as c\nexcept OSError: c = 0",
            "c([1.0], [1.0])",
        ),
    ],
)
def test_a_convolution_outside_jax_is_seen_when_it_is_called(
    imports: str, use: str, grade: Grade
) -> None:
    hidden = f"{imports}\ndef helper(): return {use}\n"
    source = hidden + RIGHT.replace("    p = patch_size", "    p = patch_size; helper()")
    said = violation(grade(source))
    name = r"`(numpy|scipy\.\w+)\.\w*(convolve|correlate)\w*`"
    assert re.match(rf"It uses {name} at line \d: `def helper\(\): .*`\. ", said)


def test_what_is_only_called_a_convolution_is_none(grade: Grade) -> None:
    innocent = RIGHT.replace("tokens", "conv").replace("import", "# no np.convolve here\nimport", 1)
    scratch = CONVOLUTION + "\nconv(jnp.ones((1, 3, 4, 4)), jnp.ones((12, 5)), 2)\n"
    unused = "import numpy\ndef check(): return numpy.convolve([1.0], [1.0])\n"
    one(grade(innocent), Verdict.ACCEPTED)
    own = RIGHT.replace("import numpy as np", "from numpy import *\nimport numpy as np")
    own = own.replace("def patch_embed_cls", "def convolve") + "\npatch_embed_cls = convolve\n"
    one(grade(own), Verdict.ACCEPTED)
    one(grade(scratch + unused + RIGHT), Verdict.ACCEPTED)


def test_a_convolution_under_a_timer_is_seen(grade: Grade) -> None:
    hidden = "import numpy as np\ndef helper(): return np.convolve([1.0], [1.0])\n"
    source = hidden + RIGHT.replace("    p = patch_size", "    p = patch_size; helper()")
    report = grade(notebook("%%time\n" + source), suffix=".ipynb")
    assert "`numpy.convolve` at cell 1, line " in violation(report)
