"""Talk: a message, its reply as it comes, and what was said before goes along."""

from tasks.chat import respond
from workbench.client import EndpointClient

talk = []
with EndpointClient() as client:
    for message in ("My name is Ada.", "What is my name?"):
        print("You:", message)
        reply = respond(message, talk, client=client, system="Answer briefly.")
        for piece in reply:
            print(piece, end="", flush=True)
        print()
        talk.append((message, reply.text))
