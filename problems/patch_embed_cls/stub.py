"""Patch embedding with a [CLS] token: the first stage of a Vision Transformer.

The statement is in README.md, next to this file. No convolution in this one.
"""

import jax.numpy as jnp  # noqa: F401  (NumPy or JAX: use what you like)
import numpy as np  # noqa: F401


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    """Turns a batch of images into the sequences that a transformer encoder reads.

    Args:
        x: float32 array (N, C, H, W), a batch of images, channels first.
        w_proj: float32 array (C * P * P, d_model), the projection of one flat patch.
        cls_token: float32 array (d_model,), the [CLS] vector.
        pos_embed: float32 array (num_patches + 1, d_model); row 0 belongs to [CLS].
        patch_size: int P, the side of a patch; it divides H and W.

    Returns:
        float array (N, num_patches + 1, d_model), with num_patches = (H / P) * (W / P).
    """
    raise NotImplementedError("Your turn: replace this line with your code.")
