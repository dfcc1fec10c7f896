"""What warping does to a photo: how sharp it still is, which of its pixels are invented, and how that looks."""

from typing import TYPE_CHECKING

from cards.demos import pictures

if TYPE_CHECKING:
    import torch

LETTERS = "AB"
DETAIL = 4  # a detail's side is that share of the picture's
REACH = 2  # pixels beside an invented one that are looked at as little as it


def real(*invented: "torch.Tensor") -> "torch.Tensor":
    """Which pixels can be compared: those whose neighbours are in the picture, and invented in none of the masks."""
    import torch

    either = torch.stack(invented).any(dim=0)
    near = torch.nn.functional.max_pool2d(either[None].float(), 2 * REACH + 1, 1, REACH)[0].bool()
    near[[0, -1]] = near[:, [0, -1]] = True
    return ~near


def laplacian(picture: "torch.Tensor") -> "torch.Tensor":
    """How much each pixel's grey differs from its four neighbours' together, of a picture RGB × height × width."""
    import torch

    grey = picture.as_subclass(torch.Tensor).mean(0)[None, None]
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]], device=grey.device)[None, None]
    return torch.nn.functional.conv2d(grey, kernel, padding=1)[0, 0]


def sharpness(picture: "torch.Tensor", where: "torch.Tensor") -> float:
    """The variance of the Laplacian where the mask says; 0 where that holds too little."""
    edges = laplacian(picture)[where]
    return edges.var().item() if len(edges) > 1 else 0.0


def beside(
    one: "torch.Tensor", other: "torch.Tensor", invented: tuple["torch.Tensor", "torch.Tensor"]
) -> bytes:
    """A PNG file: both pictures as A and B, each with a line around what is invented, and below each a detail.

    The detail is where B has lost most of what is sharp in A.
    """
    import torch

    where = real(*invented)
    size = where.shape[-1]
    side = max(size // DETAIL, 2)
    lost = ((laplacian(one) ** 2 - laplacian(other) ** 2) * where).clamp(min=0)
    sums = torch.nn.functional.avg_pool2d(lost[None, None], side, 1)[0, 0]
    top, left = divmod(int(sums.argmax()), sums.shape[-1])
    box = (left / size, top / size, (left + side) / size, (top + side) / size)
    whole, details = [], []
    for letter, picture, mask in zip(LETTERS, (one, other), invented, strict=True):
        drawn = pictures.outlined(pictures.square(pictures.image(picture)), mask.cpu().numpy())
        whole.append(pictures.lettered(pictures.framed(drawn, box), letter))
        detail = pictures.image(picture[:, top : top + side, left : left + side])
        details.append(pictures.square(detail, is_smooth=False))
    return pictures.sheet([whole, details])
