"""Completion: the record that a seminar was passed, its certificate and register."""
