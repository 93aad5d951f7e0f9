"""Who comes first, and how money is shared."""
