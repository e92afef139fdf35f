"""Accounts: who may sign in. Users, roles, sessions, throttles."""
