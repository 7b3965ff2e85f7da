"""Checks a student's file, or a function in a notebook, and keeps the student's progress."""
