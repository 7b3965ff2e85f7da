"""Annotated from top to bottom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flax.linen as nn
import jax
import numpy as np

Params = Mapping[str, Any]


def build(patch_size: int, d_model: int) -> nn.Conv:
    window: tuple[int, int] = (patch_size, patch_size)
    return nn.Conv(features=d_model, kernel_size=window, strides=window, padding="VALID")


def patch_embed_forward(
    seed: int, image: np.ndarray | jax.Array, patch_size: int, d_model: int
) -> jax.Array:
    conv: nn.Conv = build(int(patch_size), int(d_model))
    params: Params = conv.init(jax.random.PRNGKey(seed), image)
    feature_map: jax.Array = conv.apply(params, image)  # float32 (H/p, W/p, D)
    return feature_map.reshape(-1)
