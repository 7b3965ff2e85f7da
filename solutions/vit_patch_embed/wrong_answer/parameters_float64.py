"""Your parameters are drawn as float64 (param_dtype), which takes other random bits and gives
another kernel. Computing in float64 is fine, the parameters have to be float32.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    with jax.enable_x64(True):
        conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID", param_dtype=jnp.float64)
        params = conv.init(jax.random.PRNGKey(seed), image)
        return conv.apply(params, image).reshape(-1)
