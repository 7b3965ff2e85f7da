"""What an author of problems imports: `from grader.course import Case, Group, Problem`.

`docs/authors.md` explains it field by field.
"""

from .problem import Case, Group, Limits, Problem, Rules, View

__all__ = ["Case", "Group", "Limits", "Problem", "Rules", "View"]
