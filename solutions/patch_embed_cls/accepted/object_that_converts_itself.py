"""Returns an object that numpy.asarray turns into an array."""

import numpy as np


class Sequence:
    def __init__(self, batch, d_model):
        self.parts = [np.zeros((batch, 0, d_model), dtype=np.float32)]
        self.positions = 0

    def append(self, tokens):
        self.parts.append(np.broadcast_to(tokens, self.parts[0].shape[:1] + tokens.shape[1:]))

    def __array__(self, dtype=None, copy=None):
        return np.asarray(np.concatenate(self.parts, axis=1) + self.positions, dtype=dtype)


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    n, c, h, w = x.shape
    p = patch_size
    patches = np.asarray(x).reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    seq = Sequence(n, w_proj.shape[1])
    seq.append(np.asarray(cls_token)[None, None])
    seq.append(patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj))
    seq.positions = np.asarray(pos_embed)
    return seq
