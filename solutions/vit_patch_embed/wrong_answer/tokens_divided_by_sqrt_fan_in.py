"""You divide the tokens by sqrt(p * p * C). The initializer has taken care of that scale
already.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    tokens = conv.apply(params, image).reshape(-1, d)
    fan_in = p * p * image.shape[-1]
    return (tokens / fan_in**0.5).reshape(-1)
