"""What students meet: checking a file, checking a function in a notebook, their progress."""
