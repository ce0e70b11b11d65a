"""The dimensions by which firms are grouped, and which of them lie in which."""

DIMENSIONS = ("sector", "macro_sector", "wave", "size_class", "channel", "area", "province", "beneficiary_kind")

NESTED = {"sector": "macro_sector", "province": "area"}  # each lies in one of the other

HIERARCHY = ("macro_sector", "sector")  # whose claims are made together, of which one asks whether they differ
