"""Looking after a data folder: backups of it and restores, what is wrong in it, and what can be put right."""
