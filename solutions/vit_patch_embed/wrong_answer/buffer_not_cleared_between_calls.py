"""You add the tokens to a buffer that still holds those of an earlier call with the same shape.
Start from zeros in every call.
"""

import flax.linen as nn
import jax
import numpy as np

_buffers = {}


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, _ = image.shape
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    buffer = _buffers.setdefault((h, w, p, d), np.zeros((h // p, w // p, d)))
    buffer += np.asarray(conv.apply(params, image))
    return buffer.reshape(-1).copy()
