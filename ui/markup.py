"""Pieces of HTML that the tabs are made of.

A sentence stands there in every language, and the page's style shows the one that the page speaks. So the
switch of the language needs no answer from the server.
"""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from ui.answer import picture_uri
from ui.text import LOCALES, translate

__all__ = ["bars", "figure", "number", "paragraph", "picture", "section", "signed_picture", "table", "text"]

FOR_RGB, AGAINST_RGB = (37, 99, 235), (234, 88, 12)  # told apart by the colour-blind as well


def text(key: str, **values: object) -> str:
    """Return the sentence of ``key`` in every language, its places filled in from ``values``."""
    shown = {name: escape(str(value)) for name, value in values.items()}
    return "".join(f'<span lang="{locale}">{translate(key, locale, **shown)}</span>' for locale in LOCALES)


def paragraph(key: str, **values: object) -> str:
    """Return the sentence of ``key`` as a paragraph."""
    return f"<p>{text(key, **values)}</p>"


def section(key: str, *parts: str) -> str:
    """Return a headed part of a page."""
    return f'<section class="explore"><h3>{text(key)}</h3>{"".join(parts)}</section>'


def number(value: float, digits: int = 0) -> str:
    """Return a number with its thousands set apart."""
    return f"{value:,.{digits}f}"


def picture(image: np.ndarray, classes: str = "") -> str:
    """Return a picture; what it shows is told beside it.

    Args:
        image: (height, width) float32 in 0..1, shown from black to white.
        classes: of the style.
    """
    return f'<img class="pixels {classes}" src="{picture_uri(image)}" alt="">'


def signed_picture(image: np.ndarray) -> str:
    """Return a picture of positive and negative numbers, the stronger the more opaque."""
    strongest = float(np.abs(image).max()) or 1.0
    pixels = np.empty((*image.shape, 4), np.uint8)
    pixels[..., :3] = np.where((image > 0)[..., None], FOR_RGB, AGAINST_RGB)
    pixels[..., 3] = np.round(255 * np.abs(image) / strongest)
    return f'<img class="pixels signed" src="{picture_uri(pixels)}" alt="">'


def figure(content: str, caption: str) -> str:
    """Return something with its caption below."""
    return f"<figure>{content}<figcaption>{caption}</figcaption></figure>"


def table(head: Iterable[str], rows: Iterable[Sequence[str]], classes: str = "") -> str:
    """Return a table whose first column heads its rows; wide ones scroll by themselves."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in rest) + "</tr>"
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" tabindex="0"><table class="{classes}"><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def bars(rows: Iterable[tuple[str, float, str]]) -> str:
    """Return a bar chart: name, length in 0..1 and the words for the length."""
    return (
        '<ul class="bars">'
        + "".join(
            f'<li><span>{name}</span><span class="bar"><span style="width:{100 * share:.2f}%"></span></span>'
            f"<span>{said}</span></li>"
            for name, share, said in rows
        )
        + "</ul>"
    )
