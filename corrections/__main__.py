"""python -m corrections export|stats|forget: what people corrected, as a file, in numbers, or gone."""

import argparse
import os
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx2

from corrections.archive import write_npz, write_tar
from corrections.hub import forget_on_hub
from corrections.journal import JournalError
from corrections.store import CorrectionStore, default_folder


def export(store: CorrectionStore, args: argparse.Namespace) -> str:
    """Write all corrections to a file: .npz to train with, or .tar to look at."""
    write = {".npz": write_npz, ".tar": write_tar}.get(args.out.suffix)
    if write is None:
        raise ValueError(f"The file to write ends in .npz or .tar. Received: {args.out.name}")
    return f"{write(args.out, store)} corrections written to {args.out}"


def stats(store: CorrectionStore, args: argparse.Namespace) -> str:
    """Return how many there are, of which digits, and what the model took them for."""
    mistakes: Counter[tuple[int, int]] = Counter()
    for each in store:
        mistakes[each.right, max(range(10), key=each.said.__getitem__)] += 1
    rows = [f"{mistakes.total()} corrections", "", "is a   corrected   most taken for"]
    for right in range(10):
        taken = Counter({said: n for (digit, said), n in mistakes.items() if digit == right})
        rows.append(
            f"{right:4}{taken.total():12}   {', '.join(f'{said} ({n})' for said, n in taken.most_common(3))}"
        )
    return "\n".join(rows)


def forget(store: CorrectionStore, args: argparse.Namespace) -> str:
    """Remove corrections from the disk and, where a data set is named, from the Hub."""
    wanted = set(args.ids)
    if args.all or args.before:
        wanted |= {each.id for each in store if args.all or each.day < args.before}
    if not wanted:
        raise ValueError("Say what to forget: the ids, --before 2026-01-31 or --all.")
    if args.repo:
        forget_on_hub(store, args.repo, wanted)
    return f"{store.forget(wanted)} corrections forgotten"


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m corrections", description=__doc__)
    parser.add_argument("--store", type=Path, default=default_folder(), help="the folder they are kept in")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("export", help=export.__doc__)
    command.add_argument("out", type=Path)
    command.set_defaults(run=export)
    command = commands.add_parser("stats", help=stats.__doc__)
    command.set_defaults(run=stats)
    command = commands.add_parser("forget", help=forget.__doc__)
    command.add_argument("ids", nargs="*", help="as stats and exports name them")
    command.add_argument("--before", metavar="DAY", help="all from before that day")
    command.add_argument("--all", action="store_true")
    command.add_argument(
        "--repo",
        metavar="OWNER/NAME",
        default=os.environ.get("DIGITS_CORRECTIONS_REPO"),
        help="the data set that they were sent to (DIGITS_CORRECTIONS_REPO)",
    )
    command.set_defaults(run=forget)
    args = parser.parse_args(argv)
    if args.store is None or not args.store.is_dir():
        print(f"There are no corrections in {args.store}. Name their folder with --store.", file=sys.stderr)
        return 1
    try:
        with closing(CorrectionStore(args.store)) as store:
            print(args.run(store, args))
    except (ValueError, JournalError, httpx2.HTTPError, OSError) as exc:
        print(exc, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
