"""You pass patch_size and d_model on as they come. They may be whole floats such as 2.0; cast them
with int() first.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    window = (patch_size, patch_size)
    conv = nn.Conv(d_model, window, strides=window, padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
