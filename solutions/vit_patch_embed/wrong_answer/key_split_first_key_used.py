"""You split PRNGKey(seed) or fold 0 into it, which makes the same new key, and initialize with
that. Pass PRNGKey(seed) itself to init.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    init_key, _ = jax.random.split(jax.random.PRNGKey(seed))
    params = conv.init(init_key, image)
    return conv.apply(params, image).reshape(-1)
