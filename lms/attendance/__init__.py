"""Live sessions of a group, and who was there from beginning to end."""
