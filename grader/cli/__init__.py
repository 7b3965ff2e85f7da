"""The commands of `grader`, one module each; what they need is imported when they run."""
