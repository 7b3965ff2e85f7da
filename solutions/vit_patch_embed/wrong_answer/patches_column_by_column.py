"""Your patches go down the columns. They have to be read row by row: first the whole top row from
left to right.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    feat = conv.apply(params, image)
    return feat.transpose(1, 0, 2).reshape(-1)
