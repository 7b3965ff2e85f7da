"""A dataclass keeps the sizes together."""

from __future__ import annotations

from dataclasses import dataclass

import jax.numpy as jnp


@dataclass(frozen=True)
class Sizes:
    n: int
    c: int
    rows: int
    cols: int
    p: int

    @classmethod
    def of(cls, x, p: int) -> Sizes:
        n, c, h, w = x.shape
        return cls(n, c, h // p, w // p, p)

    @property
    def split(self) -> tuple[int, ...]:
        return self.n, self.c, self.rows, self.p, self.cols, self.p

    @property
    def flat(self) -> tuple[int, ...]:
        return self.n, self.rows * self.cols, self.c * self.p**2


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    sizes = Sizes.of(x, patch_size)
    patches = jnp.reshape(x, sizes.split).transpose(0, 2, 4, 1, 3, 5).reshape(sizes.flat)
    tokens = patches @ w_proj
    cls = jnp.broadcast_to(cls_token, (sizes.n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
