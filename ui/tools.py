"""Tools for other programs: one picture in, JSON text out. With --mcp these are the MCP server's tools.

What the pad holds is no argument for a tool, so ``/predict`` and ``/number`` are none: see :func:`no_tool`.
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import gradio as gr
from PIL import Image

from model import Recogniser
from preprocessing import DrawingError
from ui.answer import answer_for
from ui.number import number_json
from ui.text import locale_of, translate

__all__ = ["build_tools", "no_tool", "told_to"]

log = logging.getLogger(__name__)

Function = TypeVar("Function", bound=Callable[..., Any])


def build_tools(recogniser: Recogniser) -> None:
    """Put the tools into the Blocks that are being built; nothing of them is to be seen."""

    def recognise_digit(picture: Image.Image, request: gr.Request) -> str:
        """Read the one handwritten digit in a picture: a drawing, or a photo or scan of writing on paper.

        Args:
            picture: the picture of one digit, in any size and colours.

        Returns:
            JSON: "label" is the likeliest digit, or "?" where it looks like none; "confidences" are the three
            likeliest digits, each with its probability.
        """
        with told_to(request):
            return json.dumps(answer_for(picture, recogniser).as_json(), ensure_ascii=False)

    def recognise_number(picture: Image.Image, request: gr.Request) -> str:
        """Read the whole handwritten number, of one digit or several, in a picture: a drawing, photo or scan.

        Args:
            picture: the picture of one number, in any size and colours.

        Returns:
            JSON: "label" is the likeliest number; "confidences" are the three likeliest, each with its
            probability; "digits" are its digits in reading order, each with its box and its own three best.
        """
        with told_to(request):
            return json.dumps(number_json(picture, recogniser), ensure_ascii=False)

    for tool in (recognise_digit, recognise_number):
        picture = gr.Image(type="pil", image_mode=None, visible=False, label="picture")
        text = gr.Textbox(visible=False, label="json")
        gr.Button(visible=False).click(tool, picture, text, api_name=tool.__name__, queue=False)


def no_tool(function: Function) -> Function:
    """Keep an endpoint out of the MCP server's tools, which are what is marked "tool" or not at all."""
    function._mcp_type = "endpoint"  # type: ignore[attr-defined]
    return function


@contextmanager
def told_to(request: gr.Request) -> Iterator[None]:
    """Tell the caller, in the caller's language, that a drawing cannot be read.

    Raises:
        gr.Error: in the place of a DrawingError.
    """
    try:
        yield
    except DrawingError as exc:
        log.info("not recognised: %s", exc)
        raise gr.Error(translate(exc.key, locale_of(request)), print_exception=False) from exc
