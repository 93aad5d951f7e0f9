"""What is done with grants and money. The only place of this app that writes."""
