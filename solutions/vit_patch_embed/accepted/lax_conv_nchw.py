"""lax.conv_general_dilated with channels first, as PyTorch has it."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = jnp.asarray(image)
    kernel = nn.Conv(d, (p, p), (p, p)).init(jax.random.PRNGKey(seed), image)["params"]["kernel"]
    out = jax.lax.conv_general_dilated(
        image.transpose(2, 0, 1)[None],  # (1, C, H, W)
        kernel.transpose(3, 2, 0, 1),  # (D, C, p, p)
        window_strides=(p, p),
        padding=[(0, 0), (0, 0)],
        dimension_numbers=("NCHW", "OIHW", "NCHW"),
    )
    return out[0].transpose(1, 2, 0).reshape(-1)
