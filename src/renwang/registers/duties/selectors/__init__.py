"""What can be found in the duties list: who answers where, the list itself, what hangs on a post, the holes."""
