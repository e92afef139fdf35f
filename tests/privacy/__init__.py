"""Privacy in operation: nothing is where it should not be, and nothing stays too long."""
