"""You sort the patches by name, and as text 'patch_10' comes before 'patch_2'. Keep the order by
number.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)

    tokens = np.asarray(conv.apply(params, image)).reshape(-1, d)
    named = {f"patch_{index}": token for index, token in enumerate(tokens)}
    return np.concatenate([named[name] for name in sorted(named)])
