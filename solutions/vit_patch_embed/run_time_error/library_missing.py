"""You import torchvision, which is not installed here. The exercise needs JAX, Flax and
NumPy only.
"""

import flax.linen as nn
import jax
from torchvision.transforms.functional import to_tensor


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    image = to_tensor(image).permute(1, 2, 0).numpy()
    conv = nn.Conv(d, (p, p), strides=(p, p), padding="VALID")
    params = conv.init(jax.random.PRNGKey(seed), image)
    return conv.apply(params, image).reshape(-1)
