"""The tabs of the tasks whose layouts are modules of their own."""
