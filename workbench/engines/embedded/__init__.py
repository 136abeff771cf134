"""The embedded engine: answers every task without a network, weights or a key, always the same."""

from workbench.engines.embedded.routing import respond

__all__ = ["respond"]
