"""The rules of bulletins."""
