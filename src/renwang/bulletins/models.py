"""What bulletins remember."""
