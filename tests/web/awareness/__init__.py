"""Tests of the awareness track's pages."""
