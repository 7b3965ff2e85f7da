"""You divide the result by 1 + 1e-5. No small constant belongs anywhere in this computation."""

import flax.linen as nn
import jax

EPS = 1e-5


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    feat = conv.apply(params, image)
    return (feat / (1.0 + EPS)).reshape(-1)
