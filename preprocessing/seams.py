"""Where touching digits may be cut: paths from top to bottom that cross little ink."""

from itertools import pairwise

import numpy as np

__all__ = ["seams"]

MAX_ROWS = 64  # paths are found on a picture of at most so many rows
SIDESTEP_COST = 0.2  # of a pixel to the side, in pixels of ink: a path keeps upright where it can
MAX_COST = 4.0  # stroke widths: a path through more ink parts no two digits
MIN_APART = 0.1  # of the line's height: paths nearer to each other cut at the same place
PER_HEIGHT = 6.0  # paths kept for every height of a line that the ink is wide
EDGE_SHARE, EDGE_STROKES = 0.12, 0.7  # nearer to the edge than this no digit has room
LEAST_COST = 0.1  # a cut through no ink is still a cut
ANCHORS = (0.25, 0.5, 0.75)  # rows through which paths are tried, of all rows


def seams(mask: np.ndarray, stroke_px: float, height_px: float) -> list[tuple[np.ndarray, float]]:
    """Return paths that may part touching digits, left to right.

    Args:
        mask: bool (h, w), a connected part of the ink.
        stroke_px: width of the strokes.
        height_px: height of the line's digits.

    Returns:
        (path, cost) each: the column int (h,) at which the path passes every row, and the ink crossed in
        stroke widths.
    """
    step = -(-mask.shape[0] // MAX_ROWS)
    ink = mask[step // 2 :: step, step // 2 :: step].astype(np.float32)
    down, up = _costs(ink), _costs(ink[::-1])[::-1]
    through = down + up - ink
    steps_up, steps_down = _steps(down), _steps(up)
    found: list[tuple[float, np.ndarray]] = []
    for anchor in ANCHORS:
        row = int(anchor * (len(ink) - 1))
        costs = through[row]
        for column in _minima(costs):
            if costs[column] * step <= MAX_COST * stroke_px:
                found.append((float(costs[column]), _path(steps_up, steps_down, row, column)))
    found.sort(key=lambda each: each[0])
    kept: list[tuple[float, np.ndarray]] = []
    edge = max(EDGE_SHARE * height_px, EDGE_STROKES * stroke_px) / step
    for cost, path in found:
        if not edge <= path.mean() <= ink.shape[1] - edge:
            continue
        if all(np.abs(path - other).mean() * step >= MIN_APART * height_px for _, other in kept):
            kept.append((cost, path))
    kept = kept[: max(1, round(PER_HEIGHT * mask.shape[1] / height_px))]
    kept.sort(key=lambda each: float(each[1].mean()))
    rows = np.minimum(np.arange(mask.shape[0]) // step, len(ink) - 1)
    return [(path[rows] * step, max(_ink(ink, path) * step / stroke_px, LEAST_COST)) for _, path in kept]


def _costs(ink: np.ndarray) -> np.ndarray:
    """Return the least cost of a path from the first row to each pixel."""
    costs = np.pad(ink, ((0, 0), (1, 1)), constant_values=np.inf)
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


def _ink(ink: np.ndarray, path: np.ndarray) -> float:
    return float(ink[np.arange(len(ink)), path].sum())
