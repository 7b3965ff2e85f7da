"""You treat the image as (C, H, W) and move its first axis to the end. It is (H, W, C) already;
leave it as it is.
"""

import flax.linen as nn
import jax
import numpy as np


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = np.moveaxis(np.asarray(image), 0, -1)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
