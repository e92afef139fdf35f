"""Enrolment: programmes, cohorts, codes and who is enrolled; the only home of identity."""
