"""lax.conv_general_dilated with channels last."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from jax import lax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    params = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]
    out = lax.conv_general_dilated(
        lhs=image[None],
        rhs=params["kernel"],
        window_strides=(p, p),
        padding="VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )
    return (out + params["bias"]).reshape(-1)
