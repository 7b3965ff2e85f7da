"""You keep one key for all calls and split it each time, so only the first call uses its seed. Make
PRNGKey(seed) anew in every call.
"""

import flax.linen as nn
import jax

_key = None


def patch_embed_forward(seed, image, patch_size, d_model):
    global _key
    if _key is None:
        _key = jax.random.PRNGKey(seed)
    else:
        _key, _ = jax.random.split(_key)
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(_key, image)
    return conv.apply(params, image).reshape(-1)
