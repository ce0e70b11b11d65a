"""An effect comes in; five checks, its specifications, a grade and a verdict go out (METHODS.md 5 and 6)."""
