"""An invented sub-district, or a city of them, from a seed: for demos, tests and measurements.

Nothing in it is real: names are put together from syllables, division codes
begin with 99, telephone numbers lie in a range nobody is assigned to, and the
place lies in the open sea. The same seed and size give the same bytes on
every platform: only integers, sums, products and square roots are used, never
a function that a machine's library may round in its own way.

`sizes` says how big, `invent` makes the values, `loading` writes them.
"""
