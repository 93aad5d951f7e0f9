"""The registers that ship with the portal: read from files, checked as a whole, written in one transaction."""
