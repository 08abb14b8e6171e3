"""python -m digits recognise FILE...: what digit, or what number, stands in each picture."""

import argparse
import csv
import dataclasses
import io
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import IO

from tqdm import tqdm

from digits.files import Reading, find_pictures
from digits.recognise import read_pictures

COLUMNS = ["file", "text", "best", "confidence", "second", "third", "digit_likeness", "error"]


def as_json(reading: Reading) -> str:
    """Return one object of the list."""
    values = dataclasses.asdict(reading)
    values["confidences"] = [{"label": label, "confidence": p} for label, p in reading.confidences]
    if not reading.error:
        del values["error"]
    return json.dumps(values, ensure_ascii=False)


def write_json(readings: Iterable[Reading], out: IO[str]) -> None:
    """Write a list of objects, each as soon as it is there."""
    separator = "[\n"
    for reading in readings:
        out.write(separator + as_json(reading))
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def write_csv(readings: Iterable[Reading], out: IO[str]) -> None:
    """Write a table, a row a file."""
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    for reading in readings:
        labels = [*(label for label, _ in reading.confidences), "", "", ""][:3]
        confidence = reading.confidences[0][1] if reading.confidences else ""
        table.writerow(
            [
                reading.file,
                reading.text,
                labels[0],
                confidence,
                *labels[1:],
                reading.digit_likeness,
                reading.error,
            ]
        )


def main(argv: list[str] | None = None) -> int:
    """Run the command. 0: all was read; 1: some files were not; 2: nothing could be; 130: interrupted."""
    parser = argparse.ArgumentParser(prog="python -m digits", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser(
        "recognise", help="read pictures, and those in folders, one digit in each"
    )
    command.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    command.add_argument("--format", choices=["json", "csv"], default="json")
    command.add_argument("--number", action="store_true", help="read a whole number in each, not one digit")
    command.add_argument("--processes", type=int, help="as many as there are cores")
    args = parser.parse_args(argv)
    unread = 0

    def counted(readings: Iterator[Reading]) -> Iterator[Reading]:
        nonlocal unread
        for reading in readings:
            unread += bool(reading.error)
            yield reading

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name may be no text
    try:
        files = find_pictures(args.paths)
        if not files:
            raise FileNotFoundError(f"There are no pictures in {', '.join(map(str, args.paths))}.")
        bar = tqdm(
            read_pictures(files, args.processes, args.number),
            total=len(files),
            unit=" pictures",
            disable=None,
        )
        {"json": write_json, "csv": write_csv}[args.format](counted(bar), sys.stdout)
    except BrokenPipeError:
        return 2
    except KeyboardInterrupt:
        return 130  # as a shell counts it
    except (OSError, BrokenProcessPool) as exc:
        print(exc, file=sys.stderr)
        return 2
    if unread:
        print(f"{unread} of {len(files)} files could not be read; their error says why.", file=sys.stderr)
    return 1 if unread else 0


if __name__ == "__main__":
    sys.exit(main())
