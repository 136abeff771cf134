"""Conversations and what people thought of the replies, kept in one SQLite file.

What was said is only ever added to: a retry or an edit is one more version beside the first, a
new rating one more row. Only marks move: the title, and which message is the last one shown.
"""

from __future__ import annotations

from workbench.store.folder import data_folder
from workbench.store.records import Conversation, Feedback, State, Summary, Turn
from workbench.store.store import Store

__all__ = ["Conversation", "Feedback", "State", "Store", "Summary", "Turn", "data_folder"]
