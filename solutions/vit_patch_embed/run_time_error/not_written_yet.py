"""The function still raises NotImplementedError. Replace that line by your own code."""


def patch_embed_forward(seed, image, patch_size, d_model):
    raise NotImplementedError("to do")
