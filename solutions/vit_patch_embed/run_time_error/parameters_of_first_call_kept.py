"""You make the parameters in the first call only, so they do not fit the next shape."""

import flax.linen as nn
import jax

_params = None


def patch_embed_forward(seed, image, patch_size, d_model):
    global _params
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    if _params is None:
        _params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(_params, image).reshape(-1)
