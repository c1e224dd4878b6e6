"""Cadans: a self-hosted CRM whose core is the sales process itself."""

__version__ = "0.1.0"
