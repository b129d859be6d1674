"""Bring corrected labels back as the publisher's JSON files: from annotation tools, tables, files of decisions."""

from etl.corrections.applying import SOURCES, apply_corrections
from etl.corrections.correction import Correction
from etl.corrections.importing import READERS, import_corrections

__all__ = ["READERS", "SOURCES", "Correction", "apply_corrections", "import_corrections"]
