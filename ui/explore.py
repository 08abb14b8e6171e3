"""The tabs beside Draw. What they show is made when they are first opened."""

import gradio as gr

from model import Recogniser
from model.dataset import load_mnist
from ui.data import build_data
from ui.learning import build_learning
from ui.network import build_network
from ui.once import once
from ui.test_set import build_test_set
from ui.text import I18N

__all__ = ["build_explore"]


def build_explore(pad: gr.Sketchpad, recogniser: Recogniser) -> None:
    """Put the tabs into the ``gr.Tabs`` that is being built.

    Args:
        pad: what the visitor draws on.
        recogniser: the served model.
    """
    mnist = once(load_mnist)
    with gr.Tab(I18N("tabs.data")) as tab:
        build_data(tab, mnist)
    with gr.Tab(I18N("tabs.test")) as tab:
        build_test_set(tab, recogniser, mnist)
    with gr.Tab(I18N("tabs.learn")) as tab:
        build_learning(tab, recogniser.manifest)
    with gr.Tab(I18N("tabs.network")) as tab:
        build_network(tab, pad, recogniser, mnist)
