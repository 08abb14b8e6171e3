"""The Draw tab: a pad, what the model makes of it, and the buttons between."""

import logging
from pathlib import Path
from typing import Any

import gradio as gr

from model import Recogniser
from preprocessing import DrawingError
from ui.answer import NOT_A_DIGIT, TOP_COUNT, answer_for, picture_uri
from ui.text import I18N, locale_of, translate

__all__ = ["build_pad"]

log = logging.getLogger(__name__)

ANSWER_TEMPLATE = Path(__file__).parent.parent / "assets" / "answer.html"
CANVAS_SIDE_PX = 280  # ten times the model's picture, and enough for its 20 px digit
BRUSH_RADIUS_PX = 11  # a digit of 200 px drawn so has the stroke of MNIST's
ERASER_RADIUS_PX = 22
INKS: list[str | tuple[str, float]] = ["#111111", "#d1242f", "#1a7f37", "#0969da"]


def build_pad(recogniser: Recogniser) -> gr.Sketchpad:
    """Put the Draw tab into the Blocks that are being built; return its pad."""

    def predict(drawing: dict[str, Any] | None, request: gr.Request) -> dict[str, Any]:
        try:
            return answer_for(drawing, recogniser).as_json()
        except DrawingError as exc:
            log.info("not recognised: %s", exc)
            raise gr.Error(translate(exc.key, locale_of(request)), print_exception=False) from exc

    def show(drawing: dict[str, Any] | None, request: gr.Request) -> tuple[Any, dict[str, str]]:
        locale = locale_of(request)
        try:
            answer = answer_for(drawing, recogniser)
        except DrawingError as exc:
            log.info("not recognised: %s", exc)
            return None, message(translate(exc.key, locale))
        if answer.is_digit:
            return answer.best(), message(picture=picture_uri(answer.image))
        return NOT_A_DIGIT, message(translate("answer.not_a_digit", locale), picture_uri(answer.image))

    with gr.Row(elem_id="draw"):
        with gr.Column(scale=5, min_width=300):
            pad = gr.Sketchpad(
                type="numpy",
                label=I18N("pad.label"),
                layers=False,
                canvas_size=(CANVAS_SIDE_PX, CANVAS_SIDE_PX),
                fixed_canvas=True,
                sources=[],
                transforms=[],
                brush=gr.Brush(BRUSH_RADIUS_PX, INKS, INKS[0], color_mode="fixed"),
                eraser=gr.Eraser(ERASER_RADIUS_PX),
                buttons=[],
                elem_id="pad",
            )
            with gr.Row():
                clear = gr.Button(I18N("pad.clear"), elem_id="clear")
                recognise = gr.Button(I18N("pad.recognise"), variant="primary", elem_id="recognise")
        with gr.Column(scale=4, min_width=280):
            label = gr.Label(label=I18N("answer.label"), num_top_classes=TOP_COUNT, elem_id="answer-label")
            panel = gr.HTML(
                message(),
                html_template=ANSWER_TEMPLATE.read_text(encoding="utf-8"),
                elem_id="answer-panel",
            )

    recognise.click(show, pad, [label, panel], queue=False, show_progress="hidden", api_visibility="private")
    clear.click(
        lambda: (None, None, message()),
        None,
        [pad, label, panel],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    gr.Button(visible=False).click(
        predict, pad, gr.JSON(visible=False), api_name="predict", queue=False, show_progress="hidden"
    )
    return pad


def message(text: str = "", picture: str = "") -> dict[str, str]:
    """Return what the panel beside the Label shows: a sentence, and the model's picture."""
    return {"text": text, "picture": picture}
