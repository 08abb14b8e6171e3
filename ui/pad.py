"""The Draw tab: a pad, what the model makes of it, and the buttons between.

Three events recognise. ``predict`` is for other programs, ``recognise`` stands behind the button; both
take the Sketchpad's own layers. ``answer`` follows the pen: the page's script reads the same ink from
the editor and asks with one picture of 1 kB, where the Sketchpad would upload three files. ``queue=False``
and the plain ``/gradio_api/run`` spare it a second request and the queue's stream.
"""

from pathlib import Path
from typing import Any

import gradio as gr

from model import Recogniser
from preprocessing import DrawingError
from ui.answer import TOP_COUNT, answer_for, picture_from_uri
from ui.number import number_json
from ui.reply import reply_of, reply_to
from ui.text import I18N
from ui.tools import no_tool, told_to

__all__ = ["build_pad"]

PAGES_DIR = Path(__file__).parent.parent / "assets" / "pages"
CANVAS_SIDE_PX = 560  # sharp on a phone's screen; the model needs far less
PAD_SIDE_PX = 360  # on the screen; smaller where there is no room
BRUSH_RADIUS_PX = 22  # a digit of 400 px drawn so has the stroke of MNIST's
INK = "#111111"
QUIET: dict[str, Any] = {"queue": False, "show_progress": "hidden"}


def build_pad(recogniser: Recogniser) -> gr.Sketchpad:
    """Put the Draw tab into the Blocks that are being built; return its pad."""

    @no_tool
    def predict(drawing: dict[str, Any] | None, request: gr.Request) -> dict[str, Any]:
        with told_to(request):
            return answer_for(drawing, recogniser).as_json()

    @no_tool
    def number(drawing: dict[str, Any] | None, request: gr.Request) -> dict[str, Any]:
        """Read a whole number: the three likeliest, and each digit with its box and its own three best."""
        with told_to(request):
            return number_json(drawing, recogniser)

    def recognise(drawing: dict[str, Any] | None) -> dict[str, Any]:
        return reply_of(drawing, recogniser)

    def answer(picture: str, explain: bool = False) -> dict[str, Any]:
        try:
            return reply_to(picture_from_uri(picture), recogniser, explain)
        except DrawingError as exc:
            return {"error": exc.key}

    with gr.Row(elem_id="draw"):
        with gr.Column(elem_id="hand"):
            pad = gr.Sketchpad(
                type="numpy",
                label=I18N("pad.label"),
                show_label=False,
                height=PAD_SIDE_PX,
                layers=False,
                canvas_size=(CANVAS_SIDE_PX, CANVAS_SIDE_PX),
                fixed_canvas=True,
                sources=[],
                transforms=[],
                brush=gr.Brush(BRUSH_RADIUS_PX, [INK], INK, color_mode="fixed"),
                eraser=gr.Eraser(2 * BRUSH_RADIUS_PX),
                buttons=[],
                elem_id="pad",
            )
            gr.HTML((PAGES_DIR / "tools.html").read_text(encoding="utf-8"))
            with gr.Row(elem_id="buttons"):
                clear = gr.Button(I18N("pad.clear"), elem_id="clear")
                recognise_button = gr.Button(I18N("pad.recognise"), variant="primary", elem_id="recognise")
        with gr.Column(elem_id="result"):
            label = gr.Label(
                label=I18N("answer.label"),
                show_label=False,
                num_top_classes=TOP_COUNT,
                container=False,
                elem_id="answer-label",
            )
            gr.HTML((PAGES_DIR / "answer.html").read_text(encoding="utf-8"))

    reply = gr.JSON(visible="hidden")
    asked = recognise_button.click(
        recognise, pad, reply, trigger_mode="always_last", api_visibility="private", **QUIET
    )
    asked.then(None, reply, js="(reply) => window.digits.show(reply)")
    clear.click(None, None, [pad, label], js="() => [null, {}]")
    gr.Button(visible="hidden", elem_id="show-label").click(
        None, None, label, js="() => window.digits.label()"
    )
    gr.api(answer, api_name="answer", api_visibility="undocumented", queue=False)
    gr.Button(visible=False).click(predict, pad, gr.JSON(visible=False), api_name="predict", **QUIET)
    gr.Button(visible=False).click(number, pad, gr.JSON(visible=False), api_name="number", **QUIET)
    return pad
