"""Written for PyTorch, which isn't installed."""

import torch
import torch.nn.functional as F


def patch_embed_cls(x, w_proj, cls_token, pos_embed, patch_size):
    x, w_proj, cls_token, pos_embed = map(torch.as_tensor, (x, w_proj, cls_token, pos_embed))
    patches = F.unfold(x, kernel_size=patch_size, stride=patch_size).transpose(1, 2)
    tokens = patches @ w_proj
    cls = cls_token.expand(x.shape[0], 1, -1)
    return (torch.cat([cls, tokens], dim=1) + pos_embed).numpy()
