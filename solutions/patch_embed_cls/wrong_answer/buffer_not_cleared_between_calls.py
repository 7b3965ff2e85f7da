"""You add into a buffer that you keep between calls and never clear, so a second call of the same
shape contains the first one as well.
"""

import numpy as np

_buffers = {}


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, p = np.asarray(x), patch_size
    n, c, h, w = x.shape
    shape = (n, *np.shape(pos_embed))
    out = _buffers.setdefault(shape, np.zeros(shape, dtype=np.float32))

    patches = x.reshape(n, c, h // p, p, w // p, p).transpose(0, 2, 4, 1, 3, 5)
    out[:, 0] += cls_token
    out[:, 1:] += patches.reshape(n, -1, c * p * p) @ np.asarray(w_proj)
    out += pos_embed
    return out.copy()
