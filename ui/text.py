"""Every sentence that people read, in their language.

The sentences live in ``assets/translations/<locale>.json``, one flat object of key and text a locale.
Text that the page shows by itself goes through :data:`I18N`; text made on the server through
:func:`translate`.
"""

import json
from functools import cache
from pathlib import Path

import gradio as gr
from starlette.requests import HTTPConnection

__all__ = ["DEFAULT_LOCALE", "I18N", "LOCALES", "locale_of", "translate", "translations"]

LOCALES = ("en", "zh-TW")
DEFAULT_LOCALE = "en"
TRANSLATIONS_DIR = Path(__file__).parent.parent / "assets" / "translations"


@cache
def translations() -> dict[str, dict[str, str]]:
    """Return key and text of every locale, as ``{locale: {key: text}}``."""
    return {
        locale: json.loads((TRANSLATIONS_DIR / f"{locale}.json").read_text(encoding="utf-8"))
        for locale in LOCALES
    }


def translate(key: str, locale: str = DEFAULT_LOCALE, **values: object) -> str:
    """Return the text of ``key`` in ``locale``, its ``{places}`` filled in from ``values``.

    Raises:
        KeyError: there is no such key, or no such locale.
    """
    return translations()[locale][key].format(**values)


def locale_of(request: gr.Request | HTTPConnection | None) -> str:
    """Return the first locale of ours that the visitor's browser asks for, else the default."""
    headers = getattr(request, "headers", None)
    accepted = (headers.get("accept-language") or "") if headers else ""
    for language in accepted.split(","):
        tag = language.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-TW"
        if tag.startswith("en"):
            return "en"
    return DEFAULT_LOCALE


# every Chinese browser reads Traditional better than English
I18N = gr.I18n(**translations(), zh=translations()["zh-TW"], **{"zh-HK": translations()["zh-TW"]})
