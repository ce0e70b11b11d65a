"""Images that stand alone: SVG from a template, without a browser and without fonts, and the same as PNG."""
