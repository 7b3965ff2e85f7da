"""A frozen dataclass holds the sizes and derives the rest from them."""

from __future__ import annotations

from dataclasses import dataclass

import flax.linen as nn
import jax


@dataclass(frozen=True)
class PatchConfig:
    patch_size: int
    d_model: int

    @property
    def window(self):
        return (self.patch_size, self.patch_size)

    def layer(self):
        return nn.Conv(self.d_model, self.window, strides=self.window, padding="VALID")


def patch_embed_forward(seed, image, patch_size, d_model):
    config = PatchConfig(int(patch_size), int(d_model))
    conv = config.layer()
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
