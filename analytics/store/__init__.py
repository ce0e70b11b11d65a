"""CONFIDENTIAL. An officer's file comes in; rows of the store, or rejected rows with their reasons, go out."""
