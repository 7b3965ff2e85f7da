"""You divide by 255 if the pixels are whole numbers from 0 to 255. Use pixels as they are, those
of photos too.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    x = jnp.asarray(image)
    if x.max() > 1 and (x == x.astype(jnp.uint8)).all():
        x = x / 255
    conv = nn.Conv(d, (p, p), (p, p), "VALID")
    return conv.apply(conv.init(jax.random.PRNGKey(seed), x), x).reshape(-1)
