"""Data-extraction sheets: rows of study findings, read into claims by a mapping that is data."""

from nutrigraph.sheets.appraisal import Problem
from nutrigraph.sheets.mapping import FIELDS, SheetMapping, read_mapping
from nutrigraph.sheets.reading import Sheet, read_sheet
from nutrigraph.sheets.retractions import mark_retracted, read_retractions
from nutrigraph.sheets.table import SUFFIXES, open_table
from nutrigraph.sheets.writing import write_sheet

__all__ = [
    "FIELDS",
    "SUFFIXES",
    "Problem",
    "Sheet",
    "SheetMapping",
    "mark_retracted",
    "open_table",
    "read_mapping",
    "read_retractions",
    "read_sheet",
    "write_sheet",
]
