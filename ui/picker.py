"""Pick one digit of MNIST: of one kind or all, by slider, one by one or at random."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr
import numpy as np

from ui.text import I18N, locale_of, translate

__all__ = [
    "ANY_DIGIT",
    "OPENING",
    "QUIET",
    "Picker",
    "build_picker",
    "checked_position",
    "connect",
    "matching",
]

ANY_DIGIT = "0–9"
DIGITS = [ANY_DIGIT, *map(str, range(10))]
# A view is made in milliseconds: no queue, and of many moves of a slider only the last one counts.
QUIET: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "trigger_mode": "always_last",
    "api_visibility": "private",
}

OPENING = QUIET | {"show_progress": "minimal"}  # the first visitor of a tab waits a moment


def matching(labels: np.ndarray, digit: str) -> np.ndarray:
    """Return the indices of the digits of one kind, or of all of them."""
    return np.arange(len(labels)) if digit == ANY_DIGIT else np.flatnonzero(labels == int(digit))


def checked_position(position: float | None, count: int, locale: str) -> int:
    """Return a position among ``count`` digits.

    Raises:
        gr.Error: it is outside of 0..count - 1; the text tells the limits.
    """
    if position is None or not 0 <= position < count or position != int(position):
        message = translate("data.limits", locale, received=position, last=count - 1)
        raise gr.Error(message, print_exception=False)
    return int(position)


@dataclass(frozen=True)
class Picker:
    """The controls.

    Attributes:
        digit: which kind of digit.
        position: which of them, from 0.
        steps: button and the way it goes from a position among a count.
    """

    digit: gr.Radio
    position: gr.Slider
    steps: list[tuple[gr.Button, Callable[[int, int], int]]]


def build_picker(last: int) -> Picker:
    """Put the controls into the tab that is being built; ``last`` is the highest position."""
    digit = gr.Radio(DIGITS, value=ANY_DIGIT, label=I18N("data.digit"), elem_classes="digits")
    position = gr.Slider(0, last, value=0, step=1, precision=0, label=I18N("data.position"))
    ways: list[tuple[str, Callable[[int, int], int]]] = [
        ("previous", lambda place, count: (place - 1) % count),
        ("random", lambda place, count: int(np.random.default_rng().integers(count))),
        ("next", lambda place, count: (place + 1) % count),
    ]
    with gr.Row(elem_classes="steps"):
        steps = [(gr.Button(I18N(f"data.{name}"), elem_classes=f"step-{name}"), way) for name, way in ways]
    return Picker(digit, position, steps)


def connect(
    tab: gr.Tab,
    picker: Picker,
    source: list[gr.Checkbox],
    labels: Callable[..., np.ndarray],
    show: Callable[..., list[str]],
    views: list[gr.HTML],
) -> None:
    """Let the controls show what is picked.

    Args:
        tab: whose selection shows the first one.
        picker: the controls.
        source: components that choose among the sets of digits.
        labels: from the values of ``source`` to the labels of that set.
        show: from an index, and the values of ``source``, to the HTML of each view.
        views: where it is shown.
    """

    def look(request: gr.Request, position: float, digit: str, *chosen: object) -> Any:
        found = matching(labels(*chosen), digit)
        shown = show(int(found[checked_position(position, len(found), locale_of(request))]), *chosen)
        return shown if len(views) > 1 else shown[0]

    def begin(digit: str, *chosen: object) -> list[object]:
        found = matching(labels(*chosen), digit)
        return [gr.update(maximum=len(found) - 1, value=0), *show(int(found[0]), *chosen)]

    def step_with(way: Callable[[int, int], int]) -> Callable:
        def step(position: float, digit: str, *chosen: object) -> list[object]:
            found = matching(labels(*chosen), digit)
            place = way(int(position or 0), len(found))
            return [place, *show(int(found[place]), *chosen)]

        return step

    picked = [picker.position, picker.digit, *source]
    picker.position.input(look, picked, views, **QUIET)
    tab.select(look, picked, views, **OPENING)
    choosers: list[gr.Radio | gr.Checkbox] = [picker.digit, *source]
    for component in choosers:
        component.input(begin, [picker.digit, *source], [picker.position, *views], **QUIET)
    for button, way in picker.steps:
        button.click(step_with(way), picked, [picker.position, *views], **QUIET)
