"""You draw the kernel with shape (D, C, p, p) and transpose it afterwards. The kernel of nn.Conv is
drawn with shape (p, p, C, D); the same random numbers land elsewhere.
"""

import flax.linen as nn
import jax
import jax.numpy as jnp


class Weight(nn.Module):
    shape: tuple

    @nn.compact
    def __call__(self):
        # fan-in is everything but the first axis
        init = nn.initializers.lecun_normal(in_axis=(1, 2, 3), out_axis=0)
        return self.param("weight", init, self.shape)


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)

    h, w, c = image.shape
    blocks = jnp.asarray(image).reshape(h // p, p, w // p, p, c)
    model = Weight((d, c, p, p))
    weight = model.apply(model.init(jax.random.PRNGKey(seed)))
    kernel = weight.transpose(2, 3, 1, 0)
    return jnp.einsum("iyjxc,yxcd->ijd", blocks, kernel).reshape(-1)
