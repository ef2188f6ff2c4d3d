"""How a graph's records show themselves in Jupyter, and as tables of pandas."""

from nutrigraph.notebook.lists import Candidates, Claims
from nutrigraph.notebook.look import Look
from nutrigraph.notebook.page import Page

__all__ = ["Candidates", "Claims", "Look", "Page"]
