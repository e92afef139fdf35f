"""The exchange's interface for machines: JSON over HTTPS, for an agency's own system."""
