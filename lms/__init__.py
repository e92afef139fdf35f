"""Virage: the e-learning platform of a diversion seminar."""
