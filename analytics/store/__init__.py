"""Rows of officers' files (CONFIDENTIAL): a file comes in; rows of the store, or rejected rows with reasons, go out."""
