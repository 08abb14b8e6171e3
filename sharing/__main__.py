"""python -m sharing password NAME: who may open the app, in the file that app.py --auth-file takes."""

import argparse
import getpass
import sys
from pathlib import Path

from sharing.passwords import PasswordFileError, set_password


def main(argv: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m sharing", description=__doc__)
    command = parser.add_subparsers(required=True).add_parser("password", help="set a person's password")
    command.add_argument("name")
    command.add_argument("--file", type=Path, default=Path("passwords.txt"))
    args = parser.parse_args(argv)
    typed = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        set_password(args.file, args.name, typed)
    except (PasswordFileError, OSError) as exc:
        print(exc, file=sys.stderr)
        return 1
    print(f"{args.name} may now open the app: python app.py --auth-file {args.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
