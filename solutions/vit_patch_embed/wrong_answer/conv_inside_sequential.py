"""Your nn.Conv is wrapped in nn.Sequential, so its parameter path starts with 'layers_0' and Flax
draws another kernel from the same seed. Call init on the nn.Conv itself.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    model = nn.Sequential([nn.Conv(d, (p, p), strides=(p, p), padding="VALID")])
    params = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(params, image).reshape(-1)
