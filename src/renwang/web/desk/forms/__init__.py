"""Forms of the desk, one file for each kind of thing they are about."""
