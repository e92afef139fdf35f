"""Author: the content folder, its problems, its preview, its publication."""
