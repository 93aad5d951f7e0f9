"""Who learns with whom, and what support was given."""
