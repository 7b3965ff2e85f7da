"""The model solution: reshape, permute, reshape, matmul; then [CLS] and position embeddings."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    """The input sequence of a Vision Transformer.

    x: (N, C, H, W); w_proj: (C*P*P, d_model); cls_token: (d_model,);
    pos_embed: (num_patches + 1, d_model); patch_size: P, which divides H and W.
    Returns (N, num_patches + 1, d_model), in the precision of the inputs.
    """
    n, c, h, w = x.shape
    p = patch_size
    rows, cols = h // p, w // p

    grid = jnp.reshape(x, (n, c, rows, p, cols, p))
    grid = jnp.transpose(grid, (0, 2, 4, 1, 3, 5))  # (n, rows, cols, c, p, p)
    patches = jnp.reshape(grid, (n, rows * cols, c * p * p))
    tokens = patches @ w_proj

    cls = jnp.broadcast_to(cls_token, (n, 1, tokens.shape[-1]))
    return jnp.concatenate([cls, tokens], axis=1) + pos_embed
