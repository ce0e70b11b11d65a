"""What was done with data and releases, by whom and when: an append-only log, each line with the last one's hash."""
