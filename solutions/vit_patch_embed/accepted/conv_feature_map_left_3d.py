"""The convolution's feature map is returned as it is, (H/p, W/p, d_model)."""

import jax
from flax import linen as nn


def patch_embed_forward(seed, image, patch_size, d_model):
    patch = (int(patch_size), int(patch_size))
    layer = nn.Conv(int(d_model), patch, strides=patch, padding="VALID")
    return layer.apply(layer.init(jax.random.PRNGKey(seed), image), image)
