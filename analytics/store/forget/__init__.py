"""The deletion of one firm's data: who it is, its rows in the store and in source files, and how all change at once."""
