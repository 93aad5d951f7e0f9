"""The pages of networks and of support."""
