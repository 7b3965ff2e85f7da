"""Your parameters come from PRNGKey(0) whatever the seed is. Pass the seed argument to PRNGKey."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    key = jax.random.PRNGKey(0)
    params = conv.init(key, image)
    return conv.apply(params, image).reshape(-1)
