"""One file per page; `parts` holds what they share."""
