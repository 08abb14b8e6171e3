"""Train the recogniser: load, fit, evaluate, export. Needs requirements-train.txt.

python train.py --recipe notebook
"""

import argparse
from dataclasses import replace
from pathlib import Path

import keras

from model.architecture import build_mlp
from model.artifact import BUNDLED_ARTIFACT
from model.config import RECIPES, TrainingConfig
from model.dataset import BUNDLED_MNIST, Mnist, load_mnist, one_hot, scale
from model.export import export_artifact


def main() -> None:
    """Train as the command line says and write the artifact."""
    arguments = _parse_arguments()
    config = _config(arguments)
    keras.utils.set_random_seed(config.seed)
    mnist = load_mnist(arguments.data)
    print(f"{len(mnist.x_train)} training digits, {len(mnist.x_test)} test digits")
    model = build_mlp(config)
    model.summary()
    curves = _fit_notebook(model, mnist, config)
    results = _evaluate(model, mnist)
    export_artifact(
        model, arguments.out, {"settings": config.as_dict(), "results": results, "curves": curves}
    )
    print(f"Test accuracy {results['mnist_test']['accuracy']:.2%}. Wrote {arguments.out}")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train the recogniser and export it for the app.")
    parser.add_argument("--data", type=Path, default=BUNDLED_MNIST, help="MNIST as an .npz file")
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="notebook")
    parser.add_argument("--epochs", type=int, help="passes over the data, instead of the recipe's")
    parser.add_argument("--seed", type=int, help="of every random number, instead of the recipe's")
    parser.add_argument("--out", type=Path, default=BUNDLED_ARTIFACT, help="folder of the artifact")
    return parser.parse_args()


def _config(arguments: argparse.Namespace) -> TrainingConfig:
    chosen = {
        name: getattr(arguments, name) for name in ("epochs", "seed") if getattr(arguments, name) is not None
    }
    return replace(RECIPES[arguments.recipe], **chosen)


def _fit_notebook(model: keras.Model, mnist: Mnist, config: TrainingConfig) -> dict[str, list[float]]:
    """Fit as the notebook does; return loss and accuracy an epoch."""
    model.compile(
        optimizer=keras.optimizers.RMSprop(config.learning_rate),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    history = model.fit(
        scale(mnist.x_train),
        one_hot(mnist.y_train),
        batch_size=config.batch_size,
        epochs=config.epochs,
        validation_split=config.validation_share,
        verbose=2,
    )
    return {name: [round(float(value), 5) for value in values] for name, values in history.history.items()}


def _evaluate(model: keras.Model, mnist: Mnist) -> dict[str, dict[str, float]]:
    loss, accuracy = model.evaluate(scale(mnist.x_test), one_hot(mnist.y_test), batch_size=1000, verbose=0)
    return {"mnist_test": {"loss": round(float(loss), 5), "accuracy": round(float(accuracy), 5)}}


if __name__ == "__main__":
    main()
