"""The command line: words typed come in, an exit code goes out; every command of `python -m analytics`."""
