"""Login by organisation."""
