"""Returns nested Python lists."""

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    p = patch_size
    batch = []
    for image in np.asarray(x):
        tokens = [np.asarray(cls_token)]
        for band in np.split(image, image.shape[1] // p, axis=1):
            for patch in np.split(band, image.shape[2] // p, axis=2):
                tokens.append(patch.ravel() @ np.asarray(w_proj))
        batch.append([(t + pos).tolist() for t, pos in zip(tokens, np.asarray(pos_embed))])
    return batch
