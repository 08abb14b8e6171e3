"""python -m deploy space|model OWNER/NAME: the app as a Hugging Face Space, or its model on the Hub.

Who you are comes from HF_TOKEN or from `hf auth login`.
"""

import argparse
import logging
import re
import sys
from pathlib import Path

from huggingface_hub import constants

from deploy.model import push_model
from deploy.patience import DeployError
from deploy.space import GOOD_STAGES, push_space, space_contents, wait_for_space
from model import ModelFileError
from model.artifact import BUNDLED_ARTIFACT
from model.hub import ADDRESS, VARIABLE

REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


def space(args: argparse.Namespace) -> int:
    """Create or update a Space that serves the app."""
    contents = space_contents(
        args.docker, [args.model.removeprefix("hf://").split("@")[0]] if args.model else []
    )
    sizes = {
        path: len(data) if isinstance(data, bytes) else data.stat().st_size for path, data in contents.items()
    }
    for path, size in sizes.items():
        print(f"{size / 1000:10.1f} kB  {path}")
    kind = "Docker" if args.docker else "Gradio"
    print(f"{sum(sizes.values()) / 1e6:10.1f} MB  in {len(sizes)} files, to the {kind} Space {args.repo}")
    if args.dry_run:
        print("Nothing was uploaded: this was a dry run.")
        return 0
    variables = {VARIABLE: args.model} if args.model else {}
    for path in push_space(args.repo, contents, args.docker, args.private, variables):
        print(f"   removed there  {path}")
    print(f"{constants.ENDPOINT}/spaces/{args.repo}", flush=True)
    stage = wait_for_space(args.repo)
    print(f"The Space is {stage}.")
    return 0 if stage in GOOD_STAGES else 1


def model(args: argparse.Namespace) -> int:
    """Push the trained model with its card."""
    address = push_model(args.repo, args.artifact, args.private)
    print(f"{constants.ENDPOINT}/{args.repo}")
    print(f"Serve it with: {VARIABLE}={address} python app.py")
    return 0


def repository(text: str) -> str:
    """Return the name of a repository with its owner's; without it the Hub looks in two places."""
    if not REPOSITORY.fullmatch(text):
        raise argparse.ArgumentTypeError(f"received {text}; expected OWNER/NAME")
    return text


def address(text: str) -> str:
    """Return the address of a model that the Space will be able to fetch."""
    if not ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"received {text}; expected hf://OWNER/NAME@REVISION")
    return text


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("deploy").setLevel(logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("space", help=space.__doc__)
    command.add_argument("repo", type=repository, metavar="OWNER/NAME")
    command.add_argument("--private", action="store_true", help="only you see it")
    command.add_argument(
        "--docker", action="store_true", help="build the Dockerfile; Gradio runs it otherwise"
    )
    command.add_argument(
        "--model", type=address, metavar="hf://OWNER/NAME@REVISION", help="serve this model from the Hub"
    )
    command.add_argument("--dry-run", action="store_true", help="only show what would go there")
    command.set_defaults(run=space)
    command = commands.add_parser("model", help=model.__doc__)
    command.add_argument("repo", type=repository, metavar="OWNER/NAME")
    command.add_argument("--private", action="store_true", help="only you see it")
    command.add_argument("--artifact", type=Path, default=BUNDLED_ARTIFACT, help="the folder train.py wrote")
    command.set_defaults(run=model)
    args = parser.parse_args(argv)
    try:
        return int(args.run(args))
    except KeyboardInterrupt:
        print("Interrupted; what is on the Hub already stays there.", file=sys.stderr)
        return 130  # as a shell counts it
    except (DeployError, ModelFileError, OSError, ValueError) as exc:
        print(exc, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
