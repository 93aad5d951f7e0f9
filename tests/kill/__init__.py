"""Killed and crowded: the portal as it runs for real, on servers of its own, with processes killed at chosen moments,
and with a hundred people at once. ``python -m tests.kill --help`` runs both by hand; docs/security.md says what holds.
"""
