"""The command `grader`. Each module is a subcommand; only the one that is called is imported.

Its docstring is the help text, `add_options` adds its options, and `run` returns the exit status.
"""
