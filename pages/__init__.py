"""One file per page; `common` holds what they share."""
