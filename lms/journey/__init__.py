"""Journey: a participant's acts, each one transaction."""
