"""Describe pictures: those named on the command line, or three of ours."""

import sys

from tasks.captioning import PICTURES, caption
from workbench.client import EndpointClient

with EndpointClient() as client:
    for picture in sys.argv[1:] or PICTURES:
        print(f"{picture}: {caption(picture, client=client)}")
