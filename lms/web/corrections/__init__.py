"""Corrections: what instructors and coordinators propose, decide, and look back on."""
