"""Content: pure; text in, a course or problems with places out. No Flask, no database."""
