"""What looks wrong in data that can be loaded."""
