"""Addresses for machines: a path and a query come in, an answer or a refusal goes out; no web server in here."""
