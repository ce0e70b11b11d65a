"""Figures of a release come in, frames for screens and files go out."""
