"""You cut patches of 16 x 16 whatever patch_size is. Use the argument."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    d = int(d_model)
    conv = nn.Conv(d, (16, 16), strides=(16, 16), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
