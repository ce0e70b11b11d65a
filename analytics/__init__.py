"""Vetrina: did the grants work, sector by sector, and how sure can one be?"""

__version__ = "0.1.0"
