"""bin/lint [--fix]: the linters."""

import argparse

from ..linters import lint
from ..setup import ensure_set_up


def main(arguments: list[str]) -> int:
    """Run the linters, after they mended what they can if asked to."""
    parser = argparse.ArgumentParser(prog="bin/lint", description="Run the linters.")
    parser.add_argument("--fix", action="store_true", help="mend what can be mended")
    options = parser.parse_args(arguments)
    ensure_set_up()
    return lint(options.fix).report()
