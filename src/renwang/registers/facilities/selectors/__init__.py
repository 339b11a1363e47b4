"""Find facilities: the list, one with its story, who can walk where, what is wrong, what everybody may know."""
