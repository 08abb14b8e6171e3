"""The How it works tab: from a picture to the answer, step by step and layer by layer."""

import logging
from collections.abc import Callable
from typing import Any

import gradio as gr
import numpy as np
from PIL import Image

from model import Recogniser
from model.config import CLASSES
from model.dataset import Mnist, one_hot, scale
from model.network import Network
from preprocessing import DigitSteps, DrawingError, digit_steps
from ui.markup import bars, figure, number, paragraph, picture, section, signed_picture, table, text
from ui.once import once
from ui.picker import OPENING, QUIET, checked_position
from ui.text import I18N, locale_of, translations

__all__ = [
    "activations_view",
    "build_network",
    "layers_view",
    "numbers_view",
    "shapes_view",
    "steps_view",
    "weights_view",
]

log = logging.getLogger(__name__)

TEST_DIGITS = 10_000
STEPS = ("ink", "cropped", "upright", "widened", "boxed", "centred")  # attributes of DigitSteps
STEP_SIDE_PX = 112  # larger pictures of a step are sent smaller
SHAPES = ((28, 28, 1), (784,), (1, 784))
STRONGEST_UNITS = 24  # of the first layer, whose weights are shown


def build_network(tab: gr.Tab, pad: gr.Sketchpad, recogniser: Recogniser, mnist: Callable[[], Mnist]) -> None:
    """Put the tab's content into the Blocks that are being built.

    Args:
        tab: whose selection explains the drawing, or a test digit where nothing is drawn.
        pad: what the visitor draws on.
        recogniser: the served model.
        mnist: loads the digits; called when the tab is first opened.
    """
    network = once(lambda: Network.read(recogniser.model))

    def explain(image: np.ndarray, label: int | None, steps: str) -> list[str]:
        return [
            steps,
            numbers_view(image, label, network()),
            shapes_view(image, network(), recogniser),
            activations_view(image, network()),
            weights_view(image, network()),
        ]

    def explain_digit(position: float, request: gr.Request) -> list[str]:
        index = checked_position(position, TEST_DIGITS, locale_of(request))
        image, label = mnist().x_test[index].astype(np.float32) / 255, int(mnist().y_test[index])
        return explain(image, label, digit_source_view(image, index, label))

    def explain_drawing(drawing: dict[str, Any] | None, position: float, request: gr.Request) -> list[str]:
        try:
            steps = digit_steps(drawing)
        except DrawingError as exc:
            log.info("not explained: %s", exc)
            return explain_digit(position, request)
        return explain(steps.centred, None, steps_view(steps))

    layers = gr.HTML(elem_id="network-layers", elem_classes="explored")
    with gr.Row():
        position = gr.Slider(
            0,
            TEST_DIGITS - 1,
            value=0,
            step=1,
            precision=0,
            label=I18N("network.test_digit"),
            scale=3,
            min_width=320,
        )
        use_drawing = gr.Button(I18N("network.use_drawing"), scale=1)
    names = ("steps", "numbers", "shapes", "activations", "weights")
    views = [gr.HTML(elem_id=f"network-{name}", elem_classes="explored") for name in names]

    drawn = [pad, position]
    tab.select(explain_drawing, drawn, views, **OPENING)
    tab.select(lambda: layers_view(recogniser.manifest, network()), None, layers, **OPENING)
    use_drawing.click(explain_drawing, drawn, views, **QUIET)
    position.input(explain_digit, position, views, **QUIET)


def digit_source_view(image: np.ndarray, index: int, label: int) -> str:
    """Return the view of a test digit, which MNIST's authors have brought to its form already."""
    return section(
        "network.steps",
        paragraph("network.no_drawing"),
        figure(picture(image, "large"), text("data.caption", index=index, label=label)),
    )


def steps_view(steps: DigitSteps) -> str:
    """Return each picture on the way from the drawing to what the model reads."""
    figures = []
    for place, name in enumerate(STEPS, start=1):
        pixels = getattr(steps, name)
        height, width = pixels.shape
        shown = Image.fromarray(pixels)
        shown.thumbnail((STEP_SIDE_PX, STEP_SIDE_PX), Image.Resampling.BOX)
        caption = f"<b>{place}. {text(f'steps.{name}')}</b><br>{height}×{width}"
        figures.append(figure(picture(np.asarray(shown), "step"), caption))
    return section("network.steps", paragraph("steps.about"), f'<div class="row">{"".join(figures)}</div>')


def numbers_view(image: np.ndarray, label: int | None, network: Network) -> str:
    """Return what reshaping, scaling and one-hot encoding do to a picture and its label.

    Args:
        image: float32 (28, 28) in 0..1.
        label: which digit it is; the network's answer stands in for a drawing's, which nobody knows.
        network: answers.
    """
    pixels = np.round(image * 255).astype(np.uint8)
    scaled = scale(pixels[np.newaxis])
    digit = int(network.activations(image)[-1].argmax()) if label is None else label
    vector = one_hot(np.array([digit]))[0]
    rows = [
        [text("network.raw"), f"{pixels.shape}", f"{pixels.dtype}", f"{pixels.min()} … {pixels.max()}"],
        [
            text("network.batch"),
            f"{pixels[np.newaxis].shape}",
            f"{pixels.dtype}",
            f"{pixels.min()} … {pixels.max()}",
        ],
        [
            text("network.scaled"),
            f"{scaled.shape}",
            f"{scaled.dtype}",
            f"{scaled.min():.3f} … {scaled.max():.3f}",
        ],
        [
            text("network.flattened"),
            f"{scaled.reshape(1, -1).shape}",
            f"{scaled.dtype}",
            f"{scaled.min():.3f} … {scaled.max():.3f}",
        ],
        [
            text("network.encoded", digit=digit),
            f"{vector[np.newaxis].shape}",
            f"{vector.dtype}",
            " ".join(f"{value:.0f}" for value in vector),
        ],
    ]
    head = ["", text("network.shape"), text("network.dtype"), text("network.values")]
    note = "network.label_guessed" if label is None else "network.label_known"
    return section("network.numbers", paragraph("network.numbers_about"), table(head, rows), paragraph(note))


def shapes_view(image: np.ndarray, network: Network, recogniser: Recogniser) -> str:
    """Return the live proof that the shape of the input changes nothing but its wrapping."""
    served = recogniser.probabilities(image[np.newaxis])[0]
    digit = int(served.argmax())
    answers = [network.activations(image.reshape(shape))[-1] for shape in SHAPES]
    rows = [
        [f"<code>{shape}</code>", text(f"network.shape_{len(shape)}"), f"{answer[digit]:.6f}"]
        for shape, answer in zip(SHAPES, answers, strict=True)
    ]
    rows.append([text("network.served"), text("network.shape_served"), f"{served[digit]:.6f}"])
    largest = max(float(np.abs(answer - served).max()) for answer in answers)
    head = [text("network.shape"), text("network.meaning"), text("network.probability", digit=digit)]
    return section(
        "network.shapes",
        paragraph("network.shapes_about"),
        table(head, rows),
        paragraph("network.difference", difference=f"{largest:.1e}"),
    )


def layers_view(manifest: dict[str, Any], network: Network) -> str:
    """Return the layers as Keras counted them when it exported the model, else as the file holds them."""
    layers = manifest.get("layers") or _served_layers(network)
    rows = [
        [
            f"<code>{layer['name']}</code>",
            layer["kind"],
            "×".join(map(str, layer["output_shape"])),
            number(layer["parameters"]),
            text(_purpose(layer)),
        ]
        for layer in layers
    ]
    total = sum(layer["parameters"] for layer in layers)
    head = [text(f"network.{name}") for name in ("layer", "kind", "output", "parameters", "purpose")]
    return section(
        "network.layers",
        paragraph("network.layers_about", total=number(total), layers=len(layers)),
        table(head, rows),
    )


def _purpose(layer: dict[str, Any]) -> str:
    for key in (f"network.purpose.{layer['name']}", f"network.purpose.{layer['kind']}"):
        if key in translations()["en"]:
            return key
    return "network.purpose.other"


def _served_layers(network: Network) -> list[dict[str, Any]]:
    named = [(f"hidden_{place}", layer) for place, layer in enumerate(network.hidden, start=1)]
    return [
        {"name": name, "kind": "Dense", "output_shape": [layer.units], "parameters": layer.parameters}
        for name, layer in [*named, ("digit", network.digit)]
    ]


def activations_view(image: np.ndarray, network: Network) -> str:
    """Return what every layer answers to a picture, float32 (28, 28) in 0..1."""
    *hidden, probabilities = network.activations(image)
    seen = network.levelled(image)
    figures = [figure(picture(image), text("network.input"))]
    if not np.array_equal(seen, image):
        figures.append(figure(picture(seen), text("network.levelled")))
    for place, answer in enumerate(hidden, start=1):
        strongest = float(answer.max()) or 1.0
        active = int(np.count_nonzero(answer))
        caption = text("network.active", layer=f"hidden_{place}", active=active, units=len(answer))
        figures.append(figure(picture(_grid(answer / strongest)), caption))
    best = int(probabilities.argmax())
    rows = [(str(digit), float(share), f"{share:.1%}") for digit, share in enumerate(probabilities)]
    return section(
        "network.activations",
        paragraph("network.activations_about"),
        f'<div class="row activations">{"".join(figures)}</div>',
        paragraph("network.answer", digit=best),
        bars(rows[:CLASSES]),
    )


def _grid(values: np.ndarray) -> np.ndarray:
    """Lay numbers out in a picture as nearly square as their count allows."""
    height = next(side for side in range(int(len(values) ** 0.5), 0, -1) if len(values) % side == 0)
    return values.reshape(height, -1).astype(np.float32)


def weights_view(image: np.ndarray, network: Network) -> str:
    """Return the weights of the first layer's units that fire most strongly for a picture."""
    first = network.hidden[0]
    answer = network.activations(image)[0]
    figures = [
        figure(signed_picture(first.weights[unit].reshape(image.shape)), f"#{unit}: {answer[unit]:.2f}")
        for unit in np.argsort(-answer, kind="stable")[:STRONGEST_UNITS]
    ]
    about = paragraph("network.weights_about", shown=STRONGEST_UNITS, units=number(first.units))
    return section("network.weights", about, f'<div class="row weights">{"".join(figures)}</div>')
