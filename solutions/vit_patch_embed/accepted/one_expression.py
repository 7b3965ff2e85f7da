"""Everything in one expression, with a walrus."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    return (
        (conv := nn.Conv(int(d_model), (p := int(patch_size), p), (p, p), padding="VALID"))
        .apply(conv.init(jax.random.PRNGKey(seed), image), image)
        .reshape(-1)
    )
