"""Line charts as SVG: they follow the page's colours, light or dark, and its language."""

from collections.abc import Callable, Sequence

__all__ = ["line_chart"]

WIDTH, HEIGHT = 320, 170
LEFT, RIGHT, TOP, BOTTOM = 40, 8, 8, 22  # room for the numbers at the axes
GRID_LINES = 4


def line_chart(lines: Sequence[tuple[str, Sequence[float]]], x_name: str) -> str:
    """Return a chart with its legend.

    Args:
        lines: name (HTML) and a value for each of 1, 2, 3 ...
        x_name: what is counted there (HTML).
    """
    values = [value for _, points in lines for value in points]
    count = max(len(points) for _, points in lines)
    low, high = min(values), max(values)
    span = (high - low) or 1.0

    def x(place: int) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (place / max(count - 1, 1))

    def y(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / span

    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>'
        f'<text x="{LEFT - 4}" y="{y(level) + 3:.1f}" text-anchor="end">{level:.3f}</text>'
        for level in (low + span * step / GRID_LINES for step in range(GRID_LINES + 1))
    )
    ticks = "".join(
        f'<text x="{x(place):.1f}" y="{HEIGHT - 6}" text-anchor="middle">{place + 1}</text>'
        for place in sorted({0, (count - 1) // 2, count - 1})
    )
    drawn = "".join(
        f'<polyline class="line line-{number}" points="{_points(points, x, y)}"/>'
        for number, (_, points) in enumerate(lines)
    )
    legend = "".join(
        f'<span class="line-{number}"><i></i>{name}</span>' for number, (name, _) in enumerate(lines)
    )
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{grid}{ticks}{drawn}</svg>'
        f'<div class="legend">{legend}<span>{x_name}</span></div>'
    )


def _points(values: Sequence[float], x: Callable[[int], float], y: Callable[[float], float]) -> str:
    places = [f"{x(place):.1f},{y(value):.1f}" for place, value in enumerate(values)]
    if len(places) == 1:  # one value is a dash
        places.append(f"{x(0) + 6:.1f},{y(values[0]):.1f}")
    return " ".join(places)
