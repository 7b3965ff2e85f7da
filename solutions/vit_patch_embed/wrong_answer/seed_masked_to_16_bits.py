"""You keep only the low 16 bits of the seed, so seeds from 65536 on give the parameters of a
smaller seed.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    key = jax.random.PRNGKey(int(seed) & 0xFFFF)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(key, image)
    return conv.apply(params, image).reshape(-1)
