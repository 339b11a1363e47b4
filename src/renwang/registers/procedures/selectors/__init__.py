"""Find procedures: the list and its pages, who must follow what, runs, and what is wrong."""
