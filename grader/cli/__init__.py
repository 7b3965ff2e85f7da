"""The command `grader`. Each module is a subcommand; only the one that is called is imported.

Its docstring is the help text, `add_options` adds the options that no other
command has, if there are any, and `run` returns the exit status.
"""
