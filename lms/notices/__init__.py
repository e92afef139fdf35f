"""Mail that says only that there is something to read; sent from the outbox by a job."""
