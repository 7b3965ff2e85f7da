"""The convolution sees one patch at a time, under vmap."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    patches = blocks.swapaxes(1, 2).reshape(-1, p, p, c)

    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), patches[0])

    def embed_one(patch):
        return conv.apply(params, patch)[0, 0]

    return jax.vmap(embed_one)(patches).reshape(-1)
