"""lax.map applies the projection to one patch after another."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape
    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    patches = jnp.asarray(image).reshape(h // p, p, w // p, p, c).swapaxes(1, 2)
    patches = patches.reshape(-1, p, p, c)
    tokens = jax.lax.map(
        lambda patch: jnp.einsum("yxc,yxcd->d", patch, params["kernel"]) + params["bias"],
        patches,
    )
    return tokens.reshape(-1)
