"""Programmes to try: assumptions or Michigan's published data come in; files as an officer would bring them, and a
first release made from them, go out.
"""
