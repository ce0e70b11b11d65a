"""The path from what was announced to what is analysed, with every gap and its reasons: which firm stands where on it,
what of that may be told, and the rows of a release that tell it.
"""
