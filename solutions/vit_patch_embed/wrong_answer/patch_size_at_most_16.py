"""You take patches of 16 pixels even if patch_size is larger. ViT-B/16 has 16, ViT-B/32 has 32:
patch_size may be any number.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = min(int(patch_size), 16), int(d_model)
    x = jnp.asarray(image)[None]
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), x)
    return conv.apply(params, x)[0].reshape(-1)
