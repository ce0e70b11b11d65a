"""The store comes in, a candidate release goes out: the only package that sees both the confidential and the public
side.
"""
