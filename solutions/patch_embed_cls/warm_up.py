"""The statement's four steps, as NumPy and JAX spell them: what they compile, workers find."""

import jax.numpy as jnp


def warm_up(x, w_proj, cls_token, pos_embed, patch_size):
    arrays = x, w_proj, cls_token, pos_embed
    steps(*arrays, patch_size)
    steps(*map(jnp.asarray, arrays), patch_size)


def steps(x, w_proj, cls_token, pos_embed, p):
    (n, c, h, w), d_model = x.shape, w_proj.shape[1]
    rows, columns = h // p, w // p

    # Cut.
    grid = jnp.reshape(x, (n, c, rows, p, columns, p))
    grid = jnp.transpose(grid, (0, 2, 4, 1, 3, 5))
    patches = jnp.reshape(grid, (n, rows * columns, c * p * p))

    # Project.
    tokens = patches @ w_proj
    jnp.dot(patches, w_proj)
    jnp.einsum("npk,kd->npd", patches, w_proj)

    # Prepend [CLS].
    jnp.tile(cls_token, (n, 1, 1))
    for cls in (cls_token, cls_token[None, None], jnp.reshape(cls_token, (1, 1, -1))):
        cls = jnp.broadcast_to(cls, (n, 1, d_model))
    sequence = jnp.concatenate([cls, tokens], axis=1)

    # Add positions.
    for positions in (pos_embed, pos_embed[None]):
        sequence + positions
