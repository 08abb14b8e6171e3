"""The Data tab: every digit of MNIST with its label, its numbers and its one-hot vector."""

from collections.abc import Callable

import gradio as gr
import numpy as np

from model.config import CLASSES
from model.dataset import Mnist, one_hot
from ui.markup import bars, figure, number, paragraph, picture, section, table, text
from ui.picker import OPENING, QUIET, build_picker, connect
from ui.text import I18N

__all__ = ["build_data", "counts_view", "digit_view", "matrix", "numbers_view", "one_hot_table"]

TRAINING_DIGITS = 60_000
LIGHT = 118  # from here on black digits are easier to read than white ones


def build_data(tab: gr.Tab, mnist: Callable[[], Mnist]) -> None:
    """Put the tab's content into the Blocks that are being built.

    Args:
        tab: whose selection shows the first digit.
        mnist: loads the digits; called when the tab is first opened.
    """

    def part(of_test: bool) -> tuple[np.ndarray, np.ndarray]:
        data = mnist()
        return (data.x_test, data.y_test) if of_test else (data.x_train, data.y_train)

    def show(index: int, of_test: bool) -> list[str]:
        pictures, labels = part(of_test)
        return [digit_view(pictures[index], int(labels[index]), index), numbers_view(pictures[index])]

    def count(of_test: bool) -> str:
        return counts_view(part(of_test)[1])

    gr.HTML(section("data.heading", paragraph("data.about")))
    with gr.Row():
        with gr.Column():
            of_test = gr.Checkbox(label=I18N("data.of_test"))
            picker = build_picker(TRAINING_DIGITS - 1)
        with gr.Column():
            view = gr.HTML(elem_id="data-view", elem_classes="explored")
    numbers = gr.HTML(elem_id="data-numbers", elem_classes="explored")
    counts = gr.HTML(elem_id="data-counts", elem_classes="explored")

    connect(tab, picker, [of_test], lambda of_test: part(of_test)[1], show, [view, numbers])
    of_test.input(count, of_test, counts, **QUIET)
    tab.select(count, of_test, counts, **OPENING)


def digit_view(pixels: np.ndarray, label: int, index: int) -> str:
    """Return the view of one digit.

    Args:
        pixels: uint8 (28, 28), 255 is ink.
        label: which digit it is.
        index: its place in its set.
    """
    return section(
        "data.chosen",
        figure(
            picture(pixels.astype(np.float32) / 255, "large"), text("data.caption", index=index, label=label)
        ),
        f"<h4>{text('data.one_hot')}</h4>",
        one_hot_table(label),
    )


def numbers_view(pixels: np.ndarray) -> str:
    """Return the matrix of one picture, uint8 (28, 28)."""
    return section("data.matrix", paragraph("data.matrix_about"), matrix(pixels))


def one_hot_table(label: int) -> str:
    """Return the one-hot vector of a label, and the check that it leads back to the label."""
    vector = one_hot(np.array([label]))[0]
    row = [f"<b>{value:.0f}</b>" if value else "0" for value in vector]
    return table(["", *map(str, range(CLASSES))], [[str(label), *row]], "one-hot") + paragraph(
        "data.one_hot_check", label=label, back=int(vector.argmax())
    )


def matrix(pixels: np.ndarray) -> str:
    """Return the numbers 0 to 255 of a picture uint8 (28, 28), each on its own shade of grey."""
    rows = "".join(
        f'<tr><th scope="row">{number}</th>'
        + "".join(f'<td class="{"light" if v >= LIGHT else ""}" style="--v:{v}">{v}</td>' for v in row)
        + "</tr>"
        for number, row in enumerate(pixels)
    )
    head = "".join(f'<th scope="col">{column}</th>' for column in range(pixels.shape[1]))
    return (
        f'<div class="scroll" tabindex="0"><table class="matrix"><thead><tr><td></td>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def counts_view(labels: np.ndarray) -> str:
    """Return how many there are of each digit."""
    counts = np.bincount(labels, minlength=CLASSES)
    rows = [(str(digit), count / counts.max(), number(count)) for digit, count in enumerate(counts)]
    return section("data.counts", paragraph("data.total", count=number(len(labels))), bars(rows))
