"""You hand PRNGKey(seed) straight to the initializer. Flax first folds a counter into the key, so
nn.Conv draws another kernel; let conv.init draw it.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    init = nn.initializers.lecun_normal()
    kernel = init(jax.random.PRNGKey(seed), (p, p, c, d))
    return jnp.einsum("iyjxc,yxcd->ijd", blocks, kernel).reshape(-1)
