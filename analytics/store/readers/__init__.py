"""Files as tables of cells, whatever the file."""
