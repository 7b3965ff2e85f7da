"""Names that begin with a dot: those of tools are passed over, all others are listed.

Nobody's work lies in what version control, editors, systems and package managers keep for
themselves. Any other hidden file or folder may be a student's work that got a wrong name: it is
never graded, since its student may not know that it is there, and always listed.
"""

import re

HIDDEN = "its name begins with a dot, so it was not read: give it another name"
INSTALLED = "by its name a folder for libraries, so it was not searched: give it another name"
LIBRARIES = {"venv", "env"}
NEVER_WORK = {"__MACOSX", "__pycache__", "node_modules", "site-packages"}  # hidden or not

OF_TOOLS = set(
    # version control
    """
    .git .gitignore .gitattributes .gitmodules .gitkeep .keep .mailmap .github .gitlab
    .gitlab-ci.yml .svn .hg .hgignore .hgtags .bzr
    """
    # editors and notebooks
    """
    .idea .vscode .vs .project .pydevproject .settings .spyderproject .spyproject .ropeproject
    .editorconfig .ipynb_checkpoints .virtual_documents .jupyter .ipython .devcontainer .fleet
    .cursor .zed .Rhistory .RData .Rproj.user
    """
    # Python and its tools
    """
    .venv .env .conda .pixi .tox .nox .eggs .cache .pytest_cache .mypy_cache .ruff_cache
    .pytype .pyre .hypothesis .coverage .coveragerc .pylintrc .flake8 .python-version .pypirc
    .pre-commit-config.yaml .dockerignore .matplotlib .keras .local .config .npm
    """
    # systems, and this course
    """
    .DS_Store .AppleDouble .Spotlight-V100 .Trashes .fseventsd .TemporaryItems .localized
    .directory .Trash .progress.json
    """.split()
)
OF_SYSTEMS = re.compile(
    r"\._.*|\.~lock\..*#?|\.#.*|\..*\.sw[a-p]|\.nfs[0-9a-f]+|\.fuse_hidden.*|\.Trash-[0-9]+",
    re.DOTALL,
)


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is never read."""
    return name.startswith(".")


def is_never_work(name: str) -> bool:
    """Whether a name is one that tools and systems give, so that it is no one's work."""
    return name in OF_TOOLS or name in NEVER_WORK or OF_SYSTEMS.fullmatch(name) is not None
