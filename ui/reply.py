"""Everything that the page shows of a drawing, in one reply."""

import logging
from typing import Any

from PIL import Image

from model import Recogniser
from model.number import Whole
from preprocessing import DrawingError
from preprocessing.canvas import ink_of
from ui.answer import answer_of, picture_uri
from ui.number import number_reply
from ui.saliency import overlay, saliency

__all__ = ["reply_of", "reply_to"]

log = logging.getLogger(__name__)


def reply_of(value: Any, recogniser: Recogniser, explain: bool = False) -> dict[str, Any]:
    """Return the reply to a drawing; one that cannot be read is a reply too, with the key of what to say.

    Args:
        value: Gradio's EditorValue.
        recogniser: the model.
        explain: tell also why, as a picture to lay over the model's, of each digit where it is a number.
    """
    try:
        ink = ink_of(value)
        whole = Whole.read(ink, recogniser)
        answer = answer_of(whole, recogniser)
        number = number_reply(ink, whole, recogniser, explain)
        reply = answer.reply() | {"number": number}
        if explain and answer.is_digit and not number:
            reply["saliency"] = picture_uri(overlay(saliency(answer.image, recogniser)))
    except DrawingError as exc:
        log.info("not recognised: %s", exc)
        return {"error": exc.key}
    return reply


def reply_to(layer: Image.Image, recogniser: Recogniser, explain: bool = False) -> dict[str, Any]:
    """Return the reply to one layer, transparent where nothing is drawn; see :func:`reply_of`."""
    return reply_of({"background": None, "layers": [layer], "composite": None}, recogniser, explain)
