"""`python -m analytics`: the command line (see `cli.commands`)."""

import sys

from analytics.cli.commands import main

if __name__ == "__main__":
    sys.exit(main())
