"""The API of agencies."""
