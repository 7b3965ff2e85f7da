"""Waits for a file with the weights that never appears."""

import os
import time

import numpy as np


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    while True:
        if os.path.exists("weights_are_ready"):
            break
        time.sleep(0.1)
    return np.zeros((x.shape[0], *pos_embed.shape))
