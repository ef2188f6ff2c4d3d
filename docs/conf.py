"""How the documentation is built: `make docs`, or `sphinx-build docs build/site`.

Nothing that is generated is committed: the reference pages are made of the code, of the command
line and of the vocabulary while the site is built, by the modules in `extensions/`.
"""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "extensions"))

from ipython_pygments_lexers import IPython3Lexer  # noqa: E402
from pygments.lexers.special import TextLexer  # noqa: E402
from sphinx.application import Sphinx  # noqa: E402

from nutrigraph.terms import VERSION  # noqa: E402

project = "Nutrigraph"
author = "Nutrigraph maintainers"
project_copyright = author
version = release = VERSION
language = "en"
# What is quoted stays as it is written, `--help` above all.
smartquotes = False

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "myst_nb",
    "commands",
    "everyone",
    "neighbours",
    "public_names",
    "vocabulary",
]
exclude_patterns = ["extensions", "templates", "style", "**/.ipynb_checkpoints"]
templates_path = ["templates"]
nitpicky = True
# A word in backticks is code, in docstrings too.
default_role = "code"

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 4

# Notebooks are committed without their output; what they show is what they print here.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True
nb_render_image_options = {"alt": "The figure that the cell above draws; the text tells of it."}

autodoc_default_options = {"members": True, "undoc-members": True}
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_numpy_docstring = False
add_module_names = False
toc_object_entries_show_parents = "hide"

html_theme = "furo"
pygments_style, pygments_dark_style = "a11y-light", "a11y-dark"
html_title = "Nutrigraph"
html_static_path = ["style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_theme_options: dict[str, object] = {"top_of_page_buttons": []}


def setup(app: Sphinx) -> None:
    """Name the languages of code blocks that Sphinx does not know as they are written here."""
    # Notebooks call commands, too.
    app.add_lexer("python", IPython3Lexer)
    for name in ("csv", "tsv"):
        app.add_lexer(name, TextLexer)
