"""You scale every filter of the kernel to length one. The kernel is used as it was drawn."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    kernel = conv.init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    norm = jnp.sqrt(jnp.sum(kernel**2, axis=(0, 1, 2)))
    params = {"params": {"kernel": kernel / norm, "bias": jnp.zeros(d)}}
    return conv.apply(params, image).reshape(-1)
