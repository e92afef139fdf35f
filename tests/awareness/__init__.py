"""Tests of the awareness track."""
