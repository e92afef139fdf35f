"""A published course as a package that another learning system plays: SCORM 1.2 or cmi5."""
