"""Looking after a data folder: what is wrong in it, and what can be put right without losing anything."""
