"""scipy.ndimage.correlate, read off at the patch corners."""

import numpy as np
import scipy.ndimage as ndi


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, p = np.asarray(x), patch_size
    n, c, h, w = x.shape
    kernels = np.asarray(w_proj).T.reshape(-1, c, p, p)
    middle = p // 2

    out = np.tile(pos_embed, (n, 1, 1))
    out[:, 0] += cls_token
    for image in range(n):
        for feature, kernel in enumerate(kernels):
            for channel in range(c):
                full = ndi.correlate(x[image, channel], kernel[channel], mode="constant")
                out[image, 1:, feature] += full[middle::p, middle::p].ravel()
    return out
