"""Faults on purpose: kills, full disks, wrong clocks; what was acknowledged is never lost."""
