"""The kept kernel is itself multiplied when pixels are large, so later
calls find another kernel."""

import flax.linen as nn
import jax
import numpy as np

_kernels = {}


def patch_embed_forward(seed, image, patch_size, d_model):
    s, p, d = int(seed), int(patch_size), int(d_model)
    x = np.array(image, dtype=np.float32)
    H, W, C = x.shape
    key = (s, p, C, d)
    if key not in _kernels:
        _kernels[key] = np.array(
            nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(s), x)["params"]["kernel"]
        )
    K = _kernels[key]
    if np.abs(x).max() > 255:
        x /= 256
        K *= 256
    return np.einsum("hiwjc,ijcd->hwd", x.reshape(H // p, p, W // p, p, C), K).ravel()
