"""The privacy officer's pages: who viewed what, retention, incidents. No answer, no score."""
