"""Web: the only home of Flask. One surface a role, closed by default."""
