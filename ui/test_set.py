"""The Test set tab: what the served model makes of the 10,000 digits that it has never seen."""

from collections.abc import Callable
from pathlib import Path

import gradio as gr
import numpy as np

from model import Recogniser
from model.config import CLASSES
from model.dataset import Mnist
from model.evaluation import Evaluation, evaluate
from ui.answer import TOP_COUNT
from ui.markup import bars, figure, number, paragraph, picture, section, text
from ui.once import once
from ui.picker import ANY_DIGIT, OPENING, QUIET, build_picker, connect
from ui.text import I18N

__all__ = ["build_test_set", "confusion_view", "gallery_view", "prediction_view", "score_view"]

TEST_DIGITS = 10_000
GALLERY_SIZE = 60  # pictures that are shown at once
SCRIPTS_DIR = Path(__file__).parent.parent / "assets" / "scripts"
PICK = (SCRIPTS_DIR / "pick.js").read_text(encoding="utf-8")


def build_test_set(tab: gr.Tab, recogniser: Recogniser, mnist: Callable[[], Mnist]) -> None:
    """Put the tab's content into the Blocks that are being built.

    Args:
        tab: whose selection lets the model read the test digits, once.
        recogniser: the served model.
        mnist: loads the digits; called when the tab is first opened.
    """

    @once
    def judged() -> Evaluation:
        data = mnist()
        return evaluate(recogniser, data.x_test, data.y_test)

    def show(index: int) -> list[str]:
        return [prediction_view(judged(), mnist().x_test[index], index)]

    def mistakes(digit: str) -> str:
        evaluation = judged()
        wrong = evaluation.predicted != evaluation.labels
        if digit != ANY_DIGIT:
            wrong &= evaluation.labels == int(digit)
        return gallery_view(evaluation, mnist().x_test, wrong, text("test.mistakes_about"))

    def cell(event: gr.EventData) -> str:
        label, predicted = divmod(int(event.pick), CLASSES)
        evaluation = judged()
        chosen = (evaluation.labels == label) & (evaluation.predicted == predicted)
        words = text("test.cell", label=label, predicted=predicted)
        return gallery_view(evaluation, mnist().x_test, chosen, words)

    def pick(event: gr.EventData) -> list[object]:
        index = int(event.pick)
        return [ANY_DIGIT, gr.update(maximum=TEST_DIGITS - 1, value=index), *show(index)]

    def opened(digit: str) -> list[str]:
        return [score_view(judged(), recogniser), confusion_view(judged()), mistakes(digit)]

    score = gr.HTML(elem_id="test-score", elem_classes="explored")
    with gr.Row():
        with gr.Column():
            picker = build_picker(TEST_DIGITS - 1)
        with gr.Column():
            view = gr.HTML(elem_id="test-view", elem_classes="explored")
    with gr.Row():
        confusion = gr.HTML(js_on_load=PICK, elem_id="confusion", elem_classes="explored")
        with gr.Column():
            gallery = gr.HTML(js_on_load=PICK, elem_id="gallery", elem_classes="explored")
            mistakes_button = gr.Button(I18N("test.show_mistakes"))

    connect(tab, picker, [], lambda: mnist().y_test, show, [view])
    picker.digit.input(mistakes, picker.digit, gallery, **QUIET)
    mistakes_button.click(mistakes, picker.digit, gallery, **QUIET)
    confusion.click(cell, None, gallery, **QUIET)
    gallery.click(pick, None, [picker.digit, picker.position, view], **QUIET)
    tab.select(opened, picker.digit, [score, confusion, gallery], **OPENING)


def score_view(evaluation: Evaluation, recogniser: Recogniser) -> str:
    """Return the score of all test digits, as measured here and now."""
    wrong = int((evaluation.predicted != evaluation.labels).sum())
    return section(
        "test.heading",
        paragraph("test.about"),
        paragraph(
            "test.score",
            accuracy=f"{evaluation.accuracy:.2%}",
            loss=f"{evaluation.loss:.4f}",
            wrong=number(wrong),
            count=number(len(evaluation.labels)),
            model=recogniser.sha256[:12],
        ),
    )


def prediction_view(evaluation: Evaluation, pixels: np.ndarray, index: int) -> str:
    """Return one digit, uint8 (28, 28), with its label and the three likeliest answers."""
    probabilities = evaluation.probabilities[index]
    label, predicted = int(evaluation.labels[index]), int(evaluation.predicted[index])
    best = np.argsort(-probabilities, kind="stable")[:TOP_COUNT]
    key = "test.right" if label == predicted else "test.wrong"
    return section(
        "data.chosen",
        figure(
            picture(pixels.astype(np.float32) / 255, "large"), text("data.caption", index=index, label=label)
        ),
        f'<p class="verdict">{text(key, predicted=predicted, label=label)}</p>',
        bars((str(digit), probabilities[digit], f"{probabilities[digit]:.1%}") for digit in best),
    )


def confusion_view(evaluation: Evaluation) -> str:
    """Return the confusion matrix; each cell is a button that picks its digits."""
    confusion = evaluation.confusion
    strongest = max(int((confusion * (1 - np.eye(CLASSES, dtype=int))).max()), 1)
    rows = []
    for label, row in enumerate(confusion):
        cells = "".join(
            f'<td class="{"hit" if label == predicted else "miss"}" style="--share:{count / strongest:.3f}">'
            + (
                f'<button type="button" data-pick="{CLASSES * label + predicted}">{count}</button>'
                if count
                else ""
            )
            + "</td>"
            for predicted, count in enumerate(row)
        )
        rows.append(f'<tr><th scope="row">{label}</th>{cells}</tr>')
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(CLASSES))
    return section(
        "test.confusion",
        paragraph("test.confusion_about"),
        '<div class="scroll" tabindex="0"><table class="confusion"><thead><tr><td></td>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>",
    )


def gallery_view(evaluation: Evaluation, pictures: np.ndarray, chosen: np.ndarray, words: str) -> str:
    """Return the chosen digits, (n,) bool, the most confident answer first; each is a button."""
    indices = evaluation.most_confident(chosen)
    tiles = []
    for index in indices[:GALLERY_SIZE]:
        label, predicted = evaluation.labels[index], evaluation.predicted[index]
        share = evaluation.probabilities[index, predicted]
        tiles.append(
            f'<li><button type="button" data-pick="{index}">'
            f"{picture(pictures[index].astype(np.float32) / 255)}"
            f"<span>{label} → {predicted}</span><small>{share:.1%}</small></button></li>"
        )
    shown = text("test.shown", shown=len(tiles), count=number(len(indices)))
    return section("test.gallery", f"<p>{words} {shown}</p>", f'<ul class="gallery">{"".join(tiles)}</ul>')
