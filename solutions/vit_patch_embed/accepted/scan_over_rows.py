"""lax.scan walks down the image, one row of patches at a time."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    weights = kernel.reshape(-1, d)

    def one_row(carry, strip):  # strip: (p, W, C)
        patches = strip.reshape(p, w // p, p, c).swapaxes(0, 1)
        return carry, patches.reshape(w // p, -1) @ weights

    strips = jnp.asarray(image).reshape(h // p, p, w, c)
    _, tokens = jax.lax.scan(one_row, None, strips)
    return tokens.reshape(-1)
