"""Programmes to try: invented files with a known truth, and Michigan's published data, brought in as an officer
would.
"""
