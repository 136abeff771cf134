"""Every failure an endpoint has been seen to produce, on demand: ``/faults/{kind}/{path}``."""

from workbench.engines.faults.kinds import KINDS, Kind
from workbench.engines.faults.routing import Faults

__all__ = ["KINDS", "Faults", "Kind"]
