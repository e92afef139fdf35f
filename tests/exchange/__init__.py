"""The exchange with agencies."""
