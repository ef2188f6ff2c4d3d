"""The evidence table: who found what, in whom, how measured, for and against; never pooled."""

from nutrigraph.evidence.contested import Contested, contested
from nutrigraph.evidence.table import standings

__all__ = ["Contested", "contested", "standings"]
