"""Patch embedding of a Vision Transformer: one convolution whose stride is its kernel size."""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    """Turn an image into a flat sequence of patch tokens.

    image is (H, W, C); the result has (H // p) * (W // p) * d_model elements,
    patches row by row, the d_model features of a patch side by side.
    """
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")
    variables = conv.init(jax.random.PRNGKey(seed), image)
    features = conv.apply(variables, image)  # (H/p, W/p, d)
    tokens = features.reshape(-1, d)  # (num_patches, d)
    return tokens.reshape(-1)
