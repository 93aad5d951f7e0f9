"""The demo population: invented people, answers and networks on the real registers, made through the services."""
