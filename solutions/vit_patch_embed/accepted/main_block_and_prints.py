"""Helpers, debugging prints, and a block that runs only as a script."""

import flax.linen as nn
import jax
import jax.numpy as jnp


def build_conv(p, d):
    return nn.Conv(features=d, kernel_size=(p, p), strides=(p, p), padding="VALID")


def patch_embed_forward(seed, image, patch_size, d_model):
    print("image:", image.shape, image.dtype)
    conv = build_conv(int(patch_size), int(d_model))
    params = conv.init(jax.random.PRNGKey(seed), image)
    print("kernel:", params["params"]["kernel"].shape)
    feat = conv.apply(params, image)
    print("feature map:", feat.shape)
    return feat.reshape(-1)


if __name__ == "__main__":
    print(patch_embed_forward(0, jnp.ones((4, 4, 3)), 2, 4))
