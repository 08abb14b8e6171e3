"""Where touching digits may be cut: paths from top to bottom that cross little ink.

Where two strokes touch, the ink is thicker than one stroke. So a pixel of ink costs a path the less, the
farther it is from the paper: it rather parts two strokes along their contact than cuts one of them through.
"""

from itertools import pairwise

import numpy as np
from scipy import ndimage

__all__ = ["seams"]

MAX_ROWS = 96  # paths are found on a picture of at most so many rows
SIDESTEP_COST = 0.2  # of a pixel to the side, in pixels of thin ink: a path keeps upright where it can
THIN_STROKES = 0.35  # stroke widths from the paper: ink nearer to it has its full price
MAX_COST = 4.0  # stroke widths: a path through more ink parts no two digits
MIN_INK = 0.2  # of an upright stroke as high as the line: paths with less ink between them cut the same
EDGE_INK = 0.45  # of such a stroke: no digit has less ink
PER_HEIGHT = 20.0  # paths kept for every height of a line that the ink is wide
MAX_STROKE = 0.5  # of the line's height: wider strokes are a blot, which has no digits to part
LEAST_COST = 0.1  # a cut through no ink is still a cut
ANCHORS = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)  # rows through which paths are tried, of all rows


def seams(mask: np.ndarray, stroke_px: float, height_px: float) -> list[tuple[np.ndarray, float]]:
    """Return paths that may part touching digits, left to right.

    Args:
        mask: bool (h, w), a connected part of the ink.
        stroke_px: width of the strokes.
        height_px: height of the line's digits.

    Returns:
        (path, cost) each: the column int (h,) at which the path passes every row, and the cost of the ink
        crossed in stroke widths. None where there are no strokes, but a blot.
    """
    if stroke_px > MAX_STROKE * height_px:
        return []
    step = -(-mask.shape[0] // MAX_ROWS)
    ink = mask[step // 2 :: step, step // 2 :: step]
    prices = _prices(ink, stroke_px / step)
    found = [(cost, path) for cost, path in _paths(prices) if cost * step <= MAX_COST * stroke_px]
    found.sort(key=lambda each: each[0])
    ink_left_of = np.pad(ink.astype(np.float32), ((0, 0), (1, 0))).cumsum(axis=1)
    stroke_ink = height_px * stroke_px / step**2
    kept: list[tuple[float, np.ndarray, np.ndarray]] = []
    for cost, path in found:
        left = ink_left_of[np.arange(len(path)), path]
        if not EDGE_INK * stroke_ink <= left.sum() <= ink.sum() - EDGE_INK * stroke_ink:
            continue
        if all(np.abs(left - other).sum() >= MIN_INK * stroke_ink for _, _, other in kept):
            kept.append((cost, path, left))
    kept = kept[: max(1, round(PER_HEIGHT * mask.shape[1] / height_px))]
    kept.sort(key=lambda each: float(each[1].mean()))
    rows = np.minimum(np.arange(mask.shape[0]) // step, len(ink) - 1)
    return [(path[rows] * step, max(cost * step / stroke_px, LEAST_COST)) for cost, path, _ in kept]


def _prices(ink: np.ndarray, stroke_px: float) -> np.ndarray:
    """Return what each pixel costs a path: 0 on paper, 1 at a stroke's edge, less deep in the ink."""
    depth = ndimage.distance_transform_edt(np.pad(ink, 1))[1:-1, 1:-1] / stroke_px
    prices = (THIN_STROKES / np.clip(depth, THIN_STROKES, 1)) ** 2  # touching strokes are two widths thick
    return np.where(ink, prices, 0).astype(np.float32)


def _paths(prices: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """Return (cost, path) of the cheapest paths through the anchors' rows, nothing paid for sidesteps."""
    down, up = _costs(prices), _costs(prices[::-1])[::-1]
    through = down + up - prices
    steps_up, steps_down = _steps(down), _steps(up)
    found = []
    for anchor in ANCHORS:
        row = int(anchor * (len(prices) - 1))
        for column in _minima(through[row]):
            path = _path(steps_up, steps_down, row, column)
            found.append((float(prices[np.arange(len(prices)), path].sum()), path))
    return found


def _costs(prices: np.ndarray) -> np.ndarray:
    """Return the least cost of a path from the first row to each pixel."""
    costs = np.pad(prices, ((0, 0), (1, 1)), constant_values=np.inf)
    for above, row in pairwise(costs):
        row[1:-1] += np.minimum(above[1:-1], np.minimum(above[:-2], above[2:]) + SIDESTEP_COST)
    return costs[:, 1:-1]


def _minima(costs: np.ndarray) -> list[int]:
    """Return the middles of valleys that are not at the edge."""
    found = []
    start = 0
    for end in range(1, len(costs) + 1):
        if end < len(costs) and abs(costs[end] - costs[start]) < 1e-4:
            continue
        falls = start > 0 and costs[start - 1] > costs[start]
        rises = end < len(costs) and costs[end] > costs[start]
        if falls and rises:
            found.append((start + end - 1) // 2)
        start = end
    return found


def _steps(costs: np.ndarray) -> list[list[int]]:
    """Return for each pixel how far to the side, -1, 0 or 1, the cheapest path through it comes from."""
    aside = np.pad(costs + SIDESTEP_COST, ((0, 0), (1, 1)), constant_values=np.inf)
    options = np.stack([costs, aside[:, :-2], aside[:, 2:]])
    return np.array([0, -1, 1])[options.argmin(axis=0)].tolist()


def _path(steps_up: list[list[int]], steps_down: list[list[int]], row: int, column: int) -> np.ndarray:
    """Return the column in every row of the cheapest path through a pixel."""
    path = [column] * len(steps_up)
    for r in range(row - 1, -1, -1):
        path[r] = path[r + 1] + steps_up[r][path[r + 1]]
    for r in range(row + 1, len(path)):
        path[r] = path[r - 1] + steps_down[r][path[r - 1]]
    return np.array(path)
