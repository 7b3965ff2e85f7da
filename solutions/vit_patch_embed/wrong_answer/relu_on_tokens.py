"""You apply a ReLU to the tokens, so every negative number became zero. The projection is linear;
nothing follows it.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = conv.apply(params, image).reshape(-1, d)
    return nn.relu(tokens).reshape(-1)
