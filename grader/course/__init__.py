"""What an author of problems writes with: `from grader.course import Case, Group, Problem`.

A problem is described in `problem.py` by one `Problem`; `docs/authors.md` goes through it step by
step.
"""

from .problem import Case, Group, Limits, Problem, Rules, View

__all__ = ["Case", "Group", "Limits", "Problem", "Rules", "View"]
