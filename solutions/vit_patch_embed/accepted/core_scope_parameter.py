"""flax.core: a function of a scope, without any Module class."""

import flax.linen as nn
import jax
import jax.numpy as jnp
from flax.core import apply, init


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    h, w, c = image.shape

    def project(scope, blocks):
        kernel = scope.param("kernel", nn.initializers.lecun_normal(), (p, p, c, d))
        return jnp.einsum("iyjxc,yxcd->ijd", blocks, kernel)

    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    _, variables = init(project)(jax.random.PRNGKey(seed), blocks)
    return apply(project)(variables, blocks).ravel()
