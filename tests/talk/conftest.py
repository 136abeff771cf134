"""The desk that most tests start from, with a history in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desks import Service, Tab

from tasks.tabs.talk.desk import Desk
from workbench.client import EndpointClient
from workbench.settings import Settings


@pytest.fixture
def service():
    """A chat service."""
    service = Service()
    yield service
    service.server.close()


@pytest.fixture
def client(service):
    """A client whose chat is the service; nothing is kept on disk."""
    models = {"mine": {"target": service.target}}
    env = {"HF_API_CHAT_BASE": "mine"}
    settings = replace(Settings.from_env(env, {"chat": {"models": models}}), history=False)
    with EndpointClient(settings) as client:
        yield client


@pytest.fixture
def desk(client):
    """A desk whose visitors may talk to anyone."""
    desk = Desk(client, None)
    yield desk
    desk.store.close()


@pytest.fixture
def tab(desk):
    """A page of Ada's."""
    return Tab(desk)
