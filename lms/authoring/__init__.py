"""The authors' workshop: drafts, their review, what was published and from where."""
