"""What is known about a graded submission and a run, as data, as JSON, and in a folder."""
