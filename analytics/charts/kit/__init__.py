"""What charts are drawn with: axes, intervals, rows of words, time lines, colours. Values come in, parts of a
picture go out.
"""
