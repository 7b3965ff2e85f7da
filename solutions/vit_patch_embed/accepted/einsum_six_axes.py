"""One einsum over the image cut into six axes."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    blocks = jnp.reshape(image, (h // p, p, w // p, p, c))
    return jnp.einsum("aybxc,yxcd->abd", blocks, params["kernel"]).ravel()
