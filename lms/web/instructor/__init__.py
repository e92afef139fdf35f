"""Instructor: his own cohorts, the people in them by pseudonym, their attempts, the CSV."""
