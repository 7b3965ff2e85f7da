"""nn.DenseGeneral contracts the three axes of a patch; nothing is flattened by hand."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    project = nn.DenseGeneral(features=int(d_model), axis=(1, 3, 4))
    params = project.init(jax.random.PRNGKey(seed), blocks)
    return project.apply(params, blocks).reshape(-1)
