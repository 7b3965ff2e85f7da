"""Where right answers come from: the reference or practice cases; and the author's own files."""
