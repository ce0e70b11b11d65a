"""What the cells of a column mean: how they are written, told by the column's own texts, and what each says."""
