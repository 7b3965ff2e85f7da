"""You cast the parameters to bfloat16 after init, which loses digits of every weight. Leave them in
float32.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    half = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), params)
    return conv.apply(half, image).reshape(-1)
