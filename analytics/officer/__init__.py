"""What the data officer does, step by step: read a file and say what it would change, import, undo, build, publish.

A file or a release's name comes in; what is to be told goes out, as plain values in every language. The officer's page
calls it. Whatever opens the store or estimates runs in a process of its own.
"""
