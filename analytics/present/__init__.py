"""A release comes in; verbs, sentences, tables and pictures go out. Never an unprotected number: it reads releases
and nothing else.
"""
