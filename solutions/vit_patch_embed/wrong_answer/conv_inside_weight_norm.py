"""nn.WeightNorm around nn.Conv draws another kernel and rescales it as well. Use nn.Conv on its
own.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    model = nn.WeightNorm(conv)
    params = model.init(jax.random.PRNGKey(seed), image)
    return model.apply(params, image).reshape(-1)
