"""Two languages, and nothing that one has and the other lacks."""

import re
from string import Formatter
from types import SimpleNamespace

import gradio as gr
import pytest

import preprocessing
from tests.conftest import ROOT
from ui.text import LOCALES, locale_of, translate, translations


def test_every_key_exists_in_every_language() -> None:
    """Each locale has the same keys, and a text for each."""
    english, *others = (translations()[locale] for locale in LOCALES)
    for other in others:
        assert other.keys() == english.keys()
    assert all(text.strip() for texts in translations().values() for text in texts.values())


@pytest.mark.parametrize("key", translations()["en"])
def test_translations_name_the_same_places(key: str) -> None:
    """What is filled into a text is filled in in every language."""
    places = [
        {place for _, place, _, _ in Formatter().parse(translations()[locale][key]) if place}
        for locale in LOCALES
    ]
    assert all(each == places[0] for each in places)


@pytest.mark.parametrize(
    "name", [n for n in preprocessing.__all__ if hasattr(getattr(preprocessing, n), "key")]
)
def test_every_drawing_error_has_a_sentence(name: str) -> None:
    """What preprocessing raises can be told to people in their language."""
    for locale in LOCALES:
        assert translate(getattr(preprocessing, name).key, locale)


def test_chinese_is_traditional() -> None:
    """No text for Taiwan uses a character that only Simplified Chinese writes."""
    simplified = set("这个们说对应数图画识别种时间网络训练请将无读张试换")
    for text in translations()["zh-TW"].values():
        assert not set(text) & simplified, text


@pytest.mark.parametrize(
    ("accept_language", "locale"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-TW"),
        ("zh-Hant-HK", "zh-TW"),
        ("en-GB,zh-TW;q=0.5", "en"),
        ("de-DE,zh-TW;q=0.5", "zh-TW"),
        ("de", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browser_chooses_the_language(accept_language, locale) -> None:
    """The first language of ours that the browser asks for is spoken, and English otherwise."""
    headers = {} if accept_language is None else {"accept-language": accept_language}
    request = gr.Request(SimpleNamespace(headers=headers))  # type: ignore[arg-type]
    assert locale_of(request) == locale


def test_no_key_is_left_over() -> None:
    """Each key stands in the code: whole, or as a written beginning and an end that is a name in it."""
    folders = ("ui", "assets", "preprocessing", "model", "sharing", "corrections", "serving")
    paths = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    paths = [ROOT / "app.py", *(path for path in paths if path.suffix in {".py", ".js", ".html"})]
    code = "\n".join(path.read_text(encoding="utf-8") for path in paths)
    words = {"InputLayer", *re.findall(r"\w+", code)}  # keras.Input makes one
    beginnings = tuple(set(re.findall(r"[\"'`]((?:\w+\.)+\w*)\$?\{", code)))

    def is_used(key: str) -> bool:
        ends = (key.removeprefix(beginning) for beginning in beginnings if key.startswith(beginning))
        return bool(re.search(rf"[\"'`]{re.escape(key)}[\"'`]", code)) or any(end in words for end in ends)

    assert not [key for key in translations()["en"] if not is_used(key)]
