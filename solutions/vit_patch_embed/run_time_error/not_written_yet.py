"""The function still raises NotImplementedError. Replace that line with your code."""


def patch_embed_forward(seed, image, patch_size, d_model):
    raise NotImplementedError("to do")
