"""The doors a person comes through: desk, field, public, api; and the frame they share."""
