"""You average the pixels of each patch and project the average. Each pixel of a patch has its own
weights.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    pooled = nn.avg_pool(jnp.asarray(image), (p, p), strides=(p, p))
    conv = nn.Conv(d, (1, 1))
    params = conv.init(jax.random.PRNGKey(seed), pooled)
    return conv.apply(params, pooled).reshape(-1)
