"""Privacy in operation: who viewed what, retention, one's own file, incidents."""
