"""Make a picture, keep it with its recipe, and make it again from the file."""

import tempfile
from pathlib import Path

from tasks.text_to_image import make_picture
from workbench.client import EndpointClient
from workbench.recipes import read_recipe

with EndpointClient() as client, tempfile.TemporaryDirectory() as folder:
    made = make_picture("a red boat on a lake at sunset", client=client, seed=4)
    file = Path(folder) / "boat.png"
    file.write_bytes(made.png())

    recipe = read_recipe(file.read_bytes())
    again = make_picture(recipe.prompt, client=client, **recipe.parameters())
    print(recipe.as_dict())
    print("the same pixels:", again.image.tobytes() == made.image.tobytes())
