"""JAX's internals that the grader touches (`docs/internals.md`): each still does what it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import primitives

from grader.worker.jax_internals import watch_primitive

SHARED = """
from jax._src.interpreters import mlir
from grader.worker.jax_internals import PROGRAMS_PER_CONTEXT, share_contexts

made = []
make = mlir.make_ir_context
mlir.make_ir_context = lambda: made.append(make()) or made[-1]
share_contexts()
assert mlir.make_ir_context.__name__ == "shared", "nothing was replaced"
import jax
import jax.numpy as jnp
for size in range(1, 5):
    x = jnp.arange(float(size))
    assert jax.jit(lambda x: 2 * x + 1)(x).tolist() == [2 * i + 1 for i in range(size)]
assert len(made) == 1, f"{len(made)} contexts for a few programs"
for _ in range(PROGRAMS_PER_CONTEXT):
    mlir.make_ir_context()
assert len(made) == 2, f"{len(made)} contexts for more than {PROGRAMS_PER_CONTEXT} programs"
"""
DIALECT = """
import sys

import jax

name = "jaxlib.mlir.dialects.mhlo"
assert name not in sys.modules, "JAX imports it by itself: there is no need to"
if "before" in sys.argv:
    from grader.worker.__main__ import import_libraries

    import_libraries()
else:
    jax.jit(lambda x: 2 * x)(1.0).block_until_ready()
assert name in sys.modules
"""
MOVED = """
import os
import sys

import jax
from grader.oracle.program_cache import cache_folder, keep_compiled

for number, folder in enumerate(sys.argv[1:], 1):
    os.environ["XDG_CACHE_HOME"] = folder
    keep_compiled()
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.jit(lambda x: number * x)(1.0).block_until_ready()
    assert any(cache_folder().rglob("*-cache")), f"nothing in {folder}"
"""


def run(code: str, *arguments: object) -> None:
    """In a process of its own, because it changes JAX."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def test_programs_share_a_context() -> None:
    run(SHARED)


def test_the_dialect_of_the_first_program_is_imported_before_it() -> None:
    run(DIALECT, "before")
    run(DIALECT, "with the first program")


def test_the_compilation_cache_can_be_moved(tmp_path: Path) -> None:
    run(MOVED, tmp_path / "one", tmp_path / "two")


def test_a_traced_primitive_is_seen() -> None:
    typed, seen = primitives.sin_p.abstract_eval, list[str]()
    stop = watch_primitive("sin", seen.append)
    x = np.ones((2, 3), np.float32)
    for use in (jnp.sin, jax.jit(jnp.sin), jax.vmap(jnp.sin), jax.grad(lambda x: jnp.sin(x).sum())):
        seen.clear()
        jax.clear_caches()
        use(x)
        assert "sin" in seen, use
    seen.clear()
    jnp.cos(x)
    assert not seen
    stop()
    assert primitives.sin_p.abstract_eval == typed
