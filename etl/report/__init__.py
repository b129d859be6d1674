"""Statistics reports: one question list, asked once; a page, Markdown with figures, and JSON that show the answers."""

from __future__ import annotations

from etl.report.write import ReportOptions, ReportSummary, write_report

__all__ = ["ReportOptions", "ReportSummary", "write_report"]
