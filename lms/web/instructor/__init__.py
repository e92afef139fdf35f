"""Instructor: who is stuck, results of groups and persons."""
