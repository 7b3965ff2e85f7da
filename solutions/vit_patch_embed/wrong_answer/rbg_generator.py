"""Your key uses the 'rbg' generator, which draws other numbers than the default one of
PRNGKey(seed).
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.key(seed, impl="rbg"), image)
    return conv.apply(params, image).reshape(-1)
