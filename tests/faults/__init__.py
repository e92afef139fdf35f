"""Faults on purpose: kills, full disks, double clicks, wrong clocks; nothing acknowledged is lost."""
