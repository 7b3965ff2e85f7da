"""Your function waits for something that never happens."""

import time


def patch_embed_forward(seed, image, patch_size, d_model):
    finished = False
    while not finished:
        time.sleep(0.1)
    return image
