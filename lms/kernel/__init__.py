"""Kernel: what every part stands on. Tables, clock, ids, errors, keys, sealing."""
