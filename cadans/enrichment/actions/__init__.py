"""Every deed of looking things up: asking, keeping what came, saying yes or no to it."""

from cadans.enrichment.actions.asking import ask_look_up, change_switches, look_up
from cadans.enrichment.actions.deciding import accept_fact, dismiss_fact, undo_fact, undo_filled

__all__ = [
    "accept_fact",
    "ask_look_up",
    "change_switches",
    "dismiss_fact",
    "look_up",
    "undo_fact",
    "undo_filled",
]
