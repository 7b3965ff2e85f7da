"""64-bit mode is on: the kernel is still drawn in float32, the sums are float64."""

import flax.linen as nn
import jax
import jax.numpy as jnp

jax.config.update("jax_enable_x64", True)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    pixels = jnp.asarray(image, dtype=jnp.float64)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(int(seed)), pixels)
    return conv.apply(params, pixels).reshape(-1)
