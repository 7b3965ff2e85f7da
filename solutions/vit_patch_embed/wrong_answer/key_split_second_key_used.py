"""You split the key and initialize with the second of the new keys. Pass PRNGKey(seed) itself to
init, unsplit.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    key = jax.random.PRNGKey(seed)
    key, subkey = jax.random.split(key)
    params = conv.init(subkey, image)
    return conv.apply(params, image).reshape(-1)
