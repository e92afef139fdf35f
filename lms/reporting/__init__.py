"""Reporting: read only; results for instructors, rosters for coordinators."""
