"""Padding given as number pairs and the stride as one integer."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p = int(patch_size)
    conv = nn.Conv(
        features=int(d_model),
        kernel_size=[p, p],
        strides=p,
        padding=((0, 0), (0, 0)),
    )
    variables = conv.init({"params": jax.random.PRNGKey(seed)}, image)
    return conv.apply(variables, image).flatten()
