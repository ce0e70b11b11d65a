"""`python -m analytics`: the command line (see `cli.commands`)."""

import signal
import sys

if __name__ == "__main__":
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # interrupted while it loads, it says nothing
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from analytics.cli.commands import main

    sys.exit(main())
