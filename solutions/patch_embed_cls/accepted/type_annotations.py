"""Annotated throughout."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]


def patchify(x: Array, patch_size: int) -> Array:
    """(N, C, H, W) -> (N, num_patches, C*P*P)"""
    n, c, h, w = x.shape
    p: int = patch_size
    grid: Array = x.reshape(n, c, h // p, p, w // p, p)
    return grid.transpose(0, 2, 4, 1, 3, 5).reshape(n, -1, c * p * p)


def patch_embed_cls(
    x: Array,
    w_proj: Array,
    cls_token: Array,
    pos_embed: Array,
    patch_size: int,
) -> Array:
    tokens: Array = patchify(np.asarray(x), patch_size) @ np.asarray(w_proj)
    cls: Array = np.broadcast_to(cls_token, (x.shape[0], 1, w_proj.shape[1]))
    result: Array = np.concatenate([cls, tokens], axis=1) + np.asarray(pos_embed)
    return result
