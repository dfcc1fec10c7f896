"""Warps of pictures by NumPy and SciPy, which what fastai gives is held against."""

import numpy as np
from scipy.ndimage import convolve, map_coordinates, maximum_filter


def turned_and_zoomed(angle: float, zoom: float) -> np.ndarray:
    """From the coordinates of the result, -1 to 1, to those of what it is taken from: x, y."""
    cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[cos, sin], [-sin, cos]]) / zoom


def warped(picture: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """The picture, height x width x channels, at those points, between its pixels; 0 outside."""
    at = np.linspace(-1, 1, size)
    x, y = np.tensordot(matrix, np.stack(np.meshgrid(at, at)), 1)
    points = [(each + 1) / 2 * (picture.shape[0] - 1) for each in (y, x)]
    channels = [map_coordinates(c, points, order=1, mode="grid-constant") for c in np.moveaxis(picture, 2, 0)]
    return np.stack(channels, axis=2)


def compared(invented: np.ndarray) -> np.ndarray:
    """The pixels at least three away from an invented one, and not at the picture's own edge."""
    kept = ~maximum_filter(invented, 5)
    kept[[0, -1]] = kept[:, [0, -1]] = False
    return kept


def sharpness(picture: np.ndarray, where: np.ndarray) -> float:
    """The variance of the Laplacian of its grey."""
    kernel = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return convolve(picture.mean(axis=2), kernel)[where].var(ddof=1)
