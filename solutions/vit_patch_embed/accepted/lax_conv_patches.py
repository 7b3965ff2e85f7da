"""lax.conv_general_dilated_patches cuts the image; a matmul projects."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    c = image.shape[-1]
    cut = jax.lax.conv_general_dilated_patches(
        image[None],
        filter_shape=(p, p),
        window_strides=(p, p),
        padding="VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        precision=jax.lax.Precision.HIGHEST,
    )
    patches = cut.reshape(-1, c, p, p)  # channels come first in each patch
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    return jnp.einsum("ncyx,yxcd->nd", patches, kernel).reshape(-1)
