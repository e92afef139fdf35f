"""Public: the way in, help, privacy, the check of a certificate, the quick way out."""
