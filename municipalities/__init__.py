"""Who exists on a given day, who may see whom, and what each has decided."""
