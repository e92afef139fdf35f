"""The awareness track: open to whoever has a class code, without an account."""
