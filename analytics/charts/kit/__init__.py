"""What charts are drawn with: markup, axes, intervals, the frame around a picture."""
