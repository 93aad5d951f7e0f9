"""What the reform is, and how this site runs."""
