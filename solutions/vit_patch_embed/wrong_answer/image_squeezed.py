"""`squeeze` takes away every axis of length 1: of an image one pixel high or wide you lose a side,
and what is left is read as an image of another shape.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.squeeze(jnp.asarray(image))
    while x.ndim < 3:
        x = x[..., None]  # a gray image has no channel axis any more
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), x)
    return conv.apply(params, x).reshape(-1)
