"""Judging, all of it pure: an outcome is compared with the right answer and gets a verdict."""
