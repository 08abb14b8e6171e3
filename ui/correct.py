"""Under the answer: "Wrong? It is a …", for those who agree that their drawing is kept."""

import logging
from pathlib import Path

import gradio as gr
import numpy as np

from corrections import Correction, CorrectionStore, JournalError, JournalFull, png_bytes
from model import Recogniser
from preprocessing import DrawingError
from ui.answer import answer_for, picture_from_uri

__all__ = ["build_correct", "kept"]

log = logging.getLogger(__name__)

PANEL_HTML = Path(__file__).parent.parent / "assets" / "pages" / "correct.html"


def build_correct(recogniser: Recogniser, store: CorrectionStore) -> None:
    """Put the panel into the page, and the event that stands behind it."""

    def correct(picture: str, right: int, consent: bool) -> dict[str, str]:
        return {"key": kept(store, recogniser, picture, right, consent)}

    gr.HTML(PANEL_HTML.read_text(encoding="utf-8"))
    gr.api(correct, api_name="correct", api_visibility="undocumented", queue=False)


def kept(store: CorrectionStore, recogniser: Recogniser, picture: str, right: int, consent: bool) -> str:
    """Keep a correction, and return the key of what to say; thanks are only said for what is on the disk.

    Args:
        store: where it is kept.
        recogniser: the model that was wrong; what it says is asked again, not taken from the page.
        picture: the drawing as a data URI.
        right: the digit that it is.
        consent: whether who drew it agreed.
    """
    if consent is not True:
        return "correct.no_consent"
    try:
        drawing = np.asarray(picture_from_uri(picture).convert("RGBA"))
        answer = answer_for({"background": None, "layers": [drawing], "composite": None}, recogniser)
        correction = Correction(
            image=np.rint(255 * answer.image).astype(np.uint8),
            right=right,
            said=[float(share) for share in answer.probabilities],
            model_sha256=recogniser.sha256,
            drawing=png_bytes(drawing),
        )
        store.add(correction)
    except DrawingError as exc:
        log.info("not corrected: %s", exc)
        return exc.key
    except JournalFull as exc:
        log.warning("not corrected: %s", exc)
        return "correct.full"
    except (JournalError, OSError, ValueError) as exc:
        log.warning("not corrected: %s", exc)
        return "correct.failed"
    return "correct.thanks"
