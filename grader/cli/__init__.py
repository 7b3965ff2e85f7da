"""The commands of `grader`, one module each; what they need is imported when they run."""

WORKED, UNSOUND, USAGE_ERROR, JUDGE_ERROR, INTERRUPTED = 0, 1, 2, 3, 130
