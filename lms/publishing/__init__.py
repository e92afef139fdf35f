"""Publishing: from a checked course to frozen revisions with safe HTML."""
