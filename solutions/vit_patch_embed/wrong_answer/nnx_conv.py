"""You use nnx.Conv, which draws its kernel from another key than flax.linen's nn.Conv. The
parameters here are those of flax.linen.
"""

from flax import nnx


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    conv = nnx.Conv(
        image.shape[-1], d, (p, p), strides=(p, p), padding="VALID", rngs=nnx.Rngs(int(seed))
    )
    return conv(image[None]).reshape(-1)
