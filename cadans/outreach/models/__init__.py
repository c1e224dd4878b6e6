"""The tables of what is told and asked outside.

`suppression`: the addresses that are left alone.
"""

from cadans.outreach.models.suppression import Suppression

__all__ = ["Suppression"]
