"""What a network's training keeps in memory, counted where it is kept: the same on every device."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import nn


def kept_bytes(network: "nn.Module", forward: "Callable[[], torch.Tensor]") -> int:
    """The bytes that autograd keeps of `forward` until the way back; the network's own weights are not among them."""
    import torch

    own = {tensor.untyped_storage().data_ptr() for tensor in network.state_dict().values()}
    kept: dict[int, int] = {}

    def keep(tensor: "torch.Tensor") -> "torch.Tensor":
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor.detach()  # else a layer holds what it gives, which holds the layer: never freed

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        answer = forward()
    del answer  # until here all that is kept was there, so that no two had one address
    return sum(kept.values())
