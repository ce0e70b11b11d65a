"""How far to trust an effect: it comes in; five checks, specifications, grade and verdict go out (METHODS.md 5, 6)."""
