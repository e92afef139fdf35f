"""The testimony partner's pages: testimonies, their consent, how often they were read."""
