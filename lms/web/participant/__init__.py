"""Participant: the notice, the course, its pages, its quizzes, the certificate."""
