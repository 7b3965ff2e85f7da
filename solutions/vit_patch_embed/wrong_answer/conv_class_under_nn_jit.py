"""nn.jit around the class nn.Conv changes how Flax derives the key, so it draws another kernel. Use
jax.jit on your function, or no jit.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.jit(nn.Conv)(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
