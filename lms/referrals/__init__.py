"""The file of one referred person, from referral to closure; no name, no grounds, no deed."""
