"""Diagnosis: finds out from wrong answers what is wrong. Pure.

Nothing is guessed: a finding is made only if its test on the actual answers holds.
"""
