"""The chat tab, in parts: what is shown, who answers, what a conversation does."""
