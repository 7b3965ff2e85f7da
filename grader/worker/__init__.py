"""What runs inside the sandbox: it reads a submission, calls it, and sends raw numbers back.

A copy of this folder is all of the grader that a worker can see. It imports nothing else of ours.
"""
