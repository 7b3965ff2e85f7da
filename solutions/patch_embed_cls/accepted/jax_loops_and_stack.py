"""Python loops over jax.numpy slices, stacked at the end."""

import jax.numpy as jnp


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    batch, _, height, width = x.shape
    sequence = [jnp.broadcast_to(cls_token, (batch, cls_token.shape[0]))]
    for top in range(0, height, patch_size):
        for left in range(0, width, patch_size):
            patch = x[:, :, top : top + patch_size, left : left + patch_size]
            sequence.append(patch.reshape(batch, -1) @ w_proj)
    return jnp.stack(sequence, axis=1) + pos_embed
