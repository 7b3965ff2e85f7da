"""You take a last axis longer than 8 for the width of a channels-first image. Images are always
channels last, however many channels they have.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.asarray(image)
    if x.shape[-1] > 8:
        x = jnp.moveaxis(x, 0, -1)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="SAME")
    params = conv.init(jax.random.PRNGKey(seed), x)
    return conv.apply(params, x).flatten()
