"""Everything that imports write: runs, leads, histories, people and companies."""

from cadans.exchange.actions.running import Ambiguous, mark_broken, run_import
from cadans.exchange.actions.starting import carry_on, start_import, take_file

__all__ = ["Ambiguous", "carry_on", "mark_broken", "run_import", "start_import", "take_file"]
