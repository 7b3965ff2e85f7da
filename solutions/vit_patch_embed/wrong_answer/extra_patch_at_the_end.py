"""You pad the image by one more patch although H and W are divisible already, so you get an extra
row and column of tokens.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, _ = image.shape
    image = jnp.pad(image, ((0, p - h % p), (0, p - w % p), (0, 0)))
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
