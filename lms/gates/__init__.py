"""Gates: what is open, how much time is asked for and counted; pure, below all that asks."""
