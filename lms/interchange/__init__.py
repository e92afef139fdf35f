"""Bring questions in and take them out; courses as packages that other systems play."""
