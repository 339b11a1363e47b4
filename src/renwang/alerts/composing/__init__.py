"""Composing: wordings by hazard and colour, how they are filled in, how they are read aloud."""
