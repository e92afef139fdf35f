"""The awareness track for schools: class codes and aggregates; knows nobody of the seminar."""
