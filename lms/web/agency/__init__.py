"""The agency's pages: its own referrals, five fields each, and the check of a certificate."""
