"""The criteria for priority: one criterion = one function = one file = one test."""
