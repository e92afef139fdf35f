"""Auth: signing in and out, one's own account. The only place that knows Flask-Login."""
