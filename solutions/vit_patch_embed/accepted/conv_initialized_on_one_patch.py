"""The parameters are made with a dummy patch, then used on the whole image."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    dummy = jnp.zeros((p, p, image.shape[-1]))
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), dummy)
    return conv.apply(params, image).reshape(-1)
