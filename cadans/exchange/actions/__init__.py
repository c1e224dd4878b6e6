"""Everything that imports write: runs, leads, histories, people and companies."""

from cadans.exchange.actions.running import Ambiguous, run_import
from cadans.exchange.actions.starting import carry_on, start_import, take_file

__all__ = ["Ambiguous", "carry_on", "run_import", "start_import", "take_file"]
