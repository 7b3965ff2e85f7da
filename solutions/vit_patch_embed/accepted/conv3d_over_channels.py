"""A 3-D convolution whose window takes in all channels at once."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    volume = jnp.asarray(image)[..., None]  # (H, W, C, 1)
    window = (p, p, volume.shape[2])
    conv = nn.Conv(d, kernel_size=window, strides=window, padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), volume)
    return conv.apply(params, volume).reshape(-1)
