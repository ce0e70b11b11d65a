"""Benchmarks: run by their own commands, never by the test suite."""
