"""Diagnosis: from what a submission answered to what its author should change. All of it is pure.

Nothing is guessed: a finding is made only where its test on the actual answers holds.
"""
