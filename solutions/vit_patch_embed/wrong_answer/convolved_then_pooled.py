"""You convolve with stride 1 and then average over p x p windows. One convolution whose stride is
the patch size does it all.
"""

import flax.linen as nn
import jax


def patch_embed_forward(seed, image, patch_size, d_model):
    p, d = int(patch_size), int(d_model)
    conv = nn.Conv(d, (p, p), padding="SAME")
    params = conv.init(jax.random.PRNGKey(seed), image)
    feat = conv.apply(params, image)
    return nn.avg_pool(feat, (p, p), strides=(p, p)).reshape(-1)
