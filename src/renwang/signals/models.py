"""What signals remember."""
