"""Import corrected labels, from annotation tools, tables or files of decisions, as the publisher's JSON files."""

from etl.corrections.applying import SOURCES, apply_corrections
from etl.corrections.correction import Correction
from etl.corrections.importing import READERS, import_corrections

__all__ = ["READERS", "SOURCES", "Correction", "apply_corrections", "import_corrections"]
