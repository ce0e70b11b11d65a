"""Aids of the national register of state aid (RNA): its monthly XML, and how it compares with the awards."""
