"""Judging: compares an outcome with the right answer and makes the verdict. Pure."""
