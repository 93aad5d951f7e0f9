"""What is asked, answered, reviewed and told to the ministry."""
