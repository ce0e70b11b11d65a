"""The command line: the words of a command come in; what it prints and its exit code go out."""
