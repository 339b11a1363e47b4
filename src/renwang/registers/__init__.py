"""Registers: what a place keeps in readiness: who answers for what, what may happen, who needs a knock first.

Each list is an app of its own below this package. They are strangers to each
other, except that risks may name duties; the care list is sealed.
"""
