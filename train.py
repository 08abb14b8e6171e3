"""Train the recogniser: load, draw, fit, calibrate, evaluate, export. Needs requirements-train.txt.

python train.py                               the default recipe, on MNIST and what the project draws itself
python train.py --strokes pen_strokes.npz     with real pen digits as well: this made the served model
python train.py --recipe notebook             the MLP as the notebook trained it
python train.py --resume                      go on after a run was killed
python train.py --resume --corrections PATH   from the base of a former run, with what people corrected
"""

import argparse
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from corrections.archive import read_training_set
from model.architecture import build_mlp
from model.artifact import BUNDLED_ARTIFACT
from model.config import RECIPES, TrainingConfig
from model.dataset import BUNDLED_MNIST, Mnist, load_mnist, one_hot, scale
from model.export import export_artifact
from model.material import Material, gather
from model.notebook_recipe import compile_mlp, fit_mlp
from model.recipe import calibrate, fit_base, fit_pens
from model.strokes import load_pen_digits

WORK = Path("build/training")


def main() -> None:
    """Train as the command line says and write the artifact."""
    arguments = _parse_arguments()
    config = _config(arguments)
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    corrections = read_training_set(arguments.corrections) if arguments.corrections else None
    mnist = load_mnist(arguments.data)
    print(f"{len(mnist.x_train)} training digits, {len(mnist.x_test)} test digits")
    if config.recipe == "notebook":
        model, notes = _fit_notebook(mnist, config)
    else:
        pens = load_pen_digits(arguments.strokes) if arguments.strokes else []
        print(f"{len(pens)} pen digits")
        material = gather(mnist, pens, config, arguments.work, arguments.resume)
        tuning = arguments.work
        if corrections is not None:
            images, labels = corrections
            print(f"{len(labels)} corrections")
            material = material.with_corrections(images, labels)
            tuning /= f"corrections-{sha256(images.tobytes() + labels.tobytes()).hexdigest()[:12]}"
        model, notes = _fit_default(material, config, arguments.work, tuning, arguments.resume)
        notes["corrections"] = len(corrections[1]) if corrections else 0
    results = {"mnist_test": _evaluate(model, mnist)} | notes.pop("results", {})
    export_artifact(model, arguments.out, {"settings": config.as_dict(), "results": results} | notes)
    print(f"Test accuracy {results['mnist_test']['accuracy']:.2%}. Wrote {arguments.out}")


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=BUNDLED_MNIST, help="MNIST as an .npz file")
    parser.add_argument("--strokes", type=Path, help="pen digits as an .npz file, see model/README.md")
    parser.add_argument("--corrections", type=Path, help="a folder of corrections, or an export of them")
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="default")
    parser.add_argument(
        "--epochs", type=int, help="instead of the recipe's; the pen digits get no more of them"
    )
    parser.add_argument("--seed", type=int, help="of every random number, instead of the recipe's")
    parser.add_argument("--out", type=Path, default=BUNDLED_ARTIFACT, help="folder of the artifact")
    parser.add_argument("--work", type=Path, default=WORK, help="folder of the checkpoints")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoints")
    return parser.parse_args()


def _config(arguments: argparse.Namespace) -> TrainingConfig:
    config = RECIPES[arguments.recipe]
    if arguments.seed is not None:
        config = replace(config, seed=arguments.seed)
    return config if arguments.epochs is None else config.shortened(arguments.epochs)


def _fit_notebook(mnist: Mnist, config: TrainingConfig) -> tuple[keras.Model, dict[str, Any]]:
    """Fit as the notebook does; return the model, and what the manifest keeps of it."""
    model = build_mlp(config)
    model.summary()
    compile_mlp(model, config)
    curves = fit_mlp(model, scale(mnist.x_train), one_hot(mnist.y_train), config)
    return model, {"curves": curves}


def _fit_default(
    material: Material, config: TrainingConfig, work: Path, tuning: Path, resume: bool
) -> tuple[keras.Model, dict[str, Any]]:
    """Fit by the default recipe; return the model, and what the manifest keeps of it.

    ``work`` keeps the checkpoints of the base and ``tuning`` those of the stage after it, which depend on
    the corrections.
    """
    fitted = fit_base(material, config, work, resume)
    if len(material.pens):
        fitted = fit_pens(fitted, material, config, tuning, resume)
    fitted.model.summary()
    served, notes = calibrate(fitted.model, material)
    return served, notes | {"results": {"validation": notes.pop("validation")}, "curves": fitted.curves}


def _evaluate(model: keras.Model, mnist: Mnist) -> dict[str, float]:
    """Return loss and accuracy on the test set, which nothing before this has looked at."""
    outputs = model.predict(scale(mnist.x_test), batch_size=1000, verbose=0)
    digit = outputs["digit"] if isinstance(outputs, dict) else outputs
    loss = keras.losses.CategoricalCrossentropy()(one_hot(mnist.y_test), digit)
    accuracy = (digit.argmax(axis=1) == mnist.y_test).mean()
    return {"loss": round(float(loss), 5), "accuracy": round(float(accuracy), 5)}


if __name__ == "__main__":
    main()
