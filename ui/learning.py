"""The How it learned tab: curves and settings of both recipes, and a short training run to watch."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import gradio as gr

from model import ModelFileError
from model.artifact import BUNDLED_ARTIFACT, read_manifest
from ui.charts import line_chart
from ui.markup import paragraph, section, table, text
from ui.picker import OPENING, QUIET
from ui.text import I18N, translations
from ui.training_run import Progress, TrainingRun, training_available

__all__ = ["build_learning", "curves_view", "progress_view", "settings_view"]

log = logging.getLogger(__name__)

NOTEBOOK_ARTIFACT = BUNDLED_ARTIFACT / "notebook"
MOST_EPOCHS = 5  # of a run from the page
ACCURACIES = ("digit_accuracy", "accuracy")  # the name depends on how many outputs a model has
LOSSES = ("digit_loss", "loss")


def build_learning(tab: gr.Tab, served: Mapping[str, Any], run: TrainingRun | None = None) -> None:
    """Put the tab's content into the Blocks that are being built.

    Args:
        tab: whose selection shows the curves.
        served: the manifest of the served model.
        run: what trains from the page; an own one when None.
    """
    run = run or TrainingRun()

    def opened() -> list[str]:
        manifests = [served]
        try:
            manifests.append(read_manifest(NOTEBOOK_ARTIFACT))
        except ModelFileError as exc:
            log.warning("the notebook's curves are not shown: %s", exc)
        return [settings_view(manifests), curves_view(manifests)]

    def train(epochs: float) -> Iterator[str]:
        for progress in run.run(int(epochs)):
            yield progress_view(progress)

    curves = gr.HTML(elem_id="learn-curves", elem_classes="explored")
    settings = gr.HTML(elem_id="learn-settings", elem_classes="explored")
    if training_available():
        gr.HTML(section("learn.run", paragraph("learn.run_about")))
        epochs = gr.Slider(1, MOST_EPOCHS, value=2, step=1, precision=0, label=I18N("learn.epochs"))
        with gr.Row(elem_classes="steps"):
            start = gr.Button(I18N("learn.start"), variant="primary", elem_id="learn-start")
            cancel = gr.Button(I18N("learn.cancel"), elem_id="learn-cancel")
        progress = gr.HTML(elem_id="learn-progress", elem_classes="explored")
        start.click(
            train,
            epochs,
            progress,
            show_progress="hidden",
            trigger_mode="once",
            concurrency_limit=2,  # the second one is told that there is a run already
            api_visibility="private",
        )
        cancel.click(run.cancel, None, None, **QUIET)
    else:
        gr.HTML(section("learn.run", paragraph("learn.run_off")))
    tab.select(opened, None, [settings, curves], **OPENING)


def settings_view(manifests: list[Mapping[str, Any]]) -> str:
    """Return the settings and results of each manifest, side by side."""
    every = [manifest["settings"] for manifest in manifests]
    names = list(dict.fromkeys(name for settings in every for name in settings))
    head = [text("learn.setting"), *(_recipe_name(settings) for settings in every), text("network.meaning")]
    rows = [
        [f"<code>{name}</code>", *(_setting(settings, name) for settings in every), _meaning(name)]
        for name in names
        if name != "recipe"
    ]
    measured = [manifest.get("results", {}).get("mnist_test", {}) for manifest in manifests]
    rows += [
        [f"<b>{text(f'learn.{name}')}</b>", *(_measured(each, name) for each in measured), ""]
        for name in ("accuracy", "loss")
    ]
    return section("learn.settings", table(head, rows))


def _recipe_name(settings: Mapping[str, Any]) -> str:
    key = f"learn.recipe.{settings['recipe']}"
    return text(key) if key in translations()["en"] else str(settings["recipe"])


def _setting(settings: Mapping[str, Any], name: str) -> str:
    value = settings.get(name, "–")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _measured(results: Mapping[str, float], name: str) -> str:
    if name not in results:
        return "–"
    return f"{results[name]:.2%}" if name == "accuracy" else f"{results[name]:.4f}"


def _meaning(name: str) -> str:
    key = f"learn.setting.{name}"
    return text(key) if key in translations()["en"] else ""


def curves_view(manifests: list[Mapping[str, Any]]) -> str:
    """Return the curves of every stage of each manifest."""
    parts = [paragraph("learn.curves_about")]
    for manifest in manifests:
        parts.append(f"<h4>{_recipe_name(manifest['settings'])}</h4>")
        for stage, curves in _stages(manifest.get("curves", {})).items():
            key = f"learn.stage.{stage}"
            name = text(key) if key in translations()["en"] else stage
            parts.append(f"<p>{name}</p>" + _charts(curves))
    return section("learn.heading", *parts)


def _stages(curves: Mapping[str, Any]) -> dict[str, Mapping[str, list[float]]]:
    """Return the curves by stage: a recipe of one stage keeps them without its name."""
    nested = all(isinstance(value, Mapping) for value in curves.values())
    return dict(curves) if nested else {"fit": curves}


def _charts(curves: Mapping[str, list[float]]) -> str:
    charts = []
    for measure, names in (("accuracy", ACCURACIES), ("loss", LOSSES)):
        name = next((name for name in names if curves.get(name)), None)
        if name is None:
            continue
        lines = [(text("learn.training"), curves[name])]
        if curves.get(f"val_{name}"):
            lines.append((text("learn.validation"), curves[f"val_{name}"]))
        charts.append(
            f'<div class="curve"><b>{text(f"learn.{measure}")}</b>'
            f"{line_chart(lines, text('learn.by_epoch'))}</div>"
        )
    return f'<div class="row curves">{"".join(charts)}</div>'


def progress_view(progress: Progress) -> str:
    """Return how far a run from the page has come."""
    come = f' value="{progress.epochs_done}"' if progress.epochs_done else ""  # without: a bar that moves
    bar = f'<progress max="{progress.epochs}"{come}></progress>'
    words = paragraph(
        f"learn.{progress.state}",
        done=progress.epochs_done,
        epochs=progress.epochs,
        accuracy=_measured(progress.results, "accuracy"),
        loss=_measured(progress.results, "loss"),
    )
    shown_bar = bar if progress.state == "running" else ""
    return (
        f'<section class="explore" aria-live="polite">{words}{shown_bar}{_charts(progress.curves)}</section>'
    )
