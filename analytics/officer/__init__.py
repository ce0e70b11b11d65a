"""What the data officer does, step by step (CONFIDENTIAL): files and acts come in; what they say and change goes out.

All that is told are plain values, in every language. The officer's page calls it; whatever opens the store or estimates
runs in a process of its own.
"""
