"""Grading: one submission, many side by side, a class, a class on Dask."""
