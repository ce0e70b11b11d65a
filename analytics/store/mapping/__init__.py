"""Which of a file's columns is which of ours: the officer's mapping, or what the file's own headings tell."""
