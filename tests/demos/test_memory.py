"""What training keeps, by hand for a network of two layers; and what counting it leaves behind."""

import gc

from tests.demos.library.conftest import loaded  # noqa: F401  (torch, as a worker loads it)


def test_what_each_layer_needs_on_the_way_back_is_counted_once_and_no_weight_is() -> None:
    """3 items: a linear layer keeps its 4 inputs; the ReLU the 8 that it gives, which the next layer takes."""
    import torch
    from torch import nn

    from cards.demos.memory import kept_bytes

    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    assert kept_bytes(network, lambda: network(torch.rand(3, 4))) == 3 * (4 + 8) * 4
    network[1].inplace = True
    assert kept_bytes(network, lambda: network(torch.rand(3, 4))) == 3 * (4 + 8) * 4


def test_nothing_is_left_of_what_was_kept() -> None:
    """Planted fault: what is kept of a layer holds that layer, so that a worker grows by it with every run."""
    import torch
    from fastai.vision.all import models

    from cards.demos.memory import kept_bytes

    network = models.resnet18(weights=None)
    before = tensors()
    kept_bytes(network, lambda: network(torch.rand(2, 3, 32, 32)))
    assert tensors() <= before + 1


def tensors() -> int:
    import torch

    gc.collect()
    return sum(issubclass(type(each), torch.Tensor) for each in gc.get_objects())
