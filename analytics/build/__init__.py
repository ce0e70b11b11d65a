"""From store to release: confidential rows come in; a protected candidate release goes out, and only here do the two
sides meet.
"""
