"""The tokens of earlier calls are still in your list: a default argument is made once and shared by
all calls.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model, tokens=[]):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    for token in np.asarray(conv.apply(params, image)).reshape(-1, d):
        tokens.extend(token)
    return np.array(tokens)
