"""SAME padding: with sizes divisible by the patch there is nothing to pad."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, kernel_size=(p, p), strides=(p, p), padding="SAME")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return jnp.ravel(conv.apply(params, image))
