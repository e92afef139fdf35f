"""Progress: which module is open (a pure rule), which sections were read."""
