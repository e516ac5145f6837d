"""`python bin/_foundation COMMAND [ARGUMENT ...]`: runs commands/COMMAND.py."""

import signal
import sys
from importlib import import_module
from pathlib import Path

# Python put this folder first, where our config.py or venv.py would hide others'.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from _foundation.output import Failure, complain  # noqa: E402


def main() -> int:
    """Run the command named by the first argument with the rest of them."""
    # As an exception, so that what was started is stopped on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    command = import_module(f"_foundation.commands.{sys.argv[1]}")
    try:
        return command.main(sys.argv[2:])
    except Failure as failure:
        complain(str(failure))
        return 1
    except KeyboardInterrupt:
        return 130


sys.exit(main())
