"""Write an evaluation as files: a page to read, and every customer as XLSX, CSV and Parquet."""

from __future__ import annotations

