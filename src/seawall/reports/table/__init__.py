"""The report for people: what to do, worst first; then what is not known; the verdict on the last line."""

from seawall.reports.table.page import render

__all__ = ["render"]
