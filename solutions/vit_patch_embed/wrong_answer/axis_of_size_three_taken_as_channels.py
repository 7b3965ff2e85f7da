"""You guess the channel axis by looking for one of size 3. The last axis is always the channels;
height or width can be 3 too.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    if 3 in image.shape:
        image = jnp.moveaxis(image, image.shape.index(3), -1)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
