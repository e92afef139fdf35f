"""What a participant asks and what his instructor answers, inside the product."""
