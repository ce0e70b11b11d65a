"""Looking after a data folder: backups with the hash of every file, and bringing them back; nothing here computes."""
