"""Coordinator: groups, enrolment codes, and who stands where, by pseudonym."""
