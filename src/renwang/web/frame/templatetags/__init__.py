"""Where Django looks for the tag library of the frame."""
