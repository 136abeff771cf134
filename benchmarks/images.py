"""What a 12-megapixel photograph costs to send, against the usual way of the same run.

    python benchmarks/images.py [WIDTH HEIGHT]

The usual way: the whole picture as PNG, in base64, in a JSON body. Ours: `encode_image`, base64,
the same body. CPU time of this process, best of the rounds; reading a JPEG file with and without
`longest` follows. The picture is made here: soft shapes, a few edges, and a sensor's noise.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from io import BytesIO

import numpy as np
from PIL import Image

from workbench.images import encode_image, load_image

BYTES_BUDGET, CPU_BUDGET = 80, 15
LONGEST = 1024


def photograph(width, height):
    """A picture like a photograph, always the same."""
    random = np.random.default_rng(3)
    soft = np.zeros((height, width, 3), np.float32)
    for cells, strength in ((4, 150), (16, 80), (64, 50), (256, 34), (1024, 24)):
        shared = random.random((cells * 3 // 4, cells, 1), np.float32) - 0.5
        grid = shared + 0.35 * (random.random((*shared.shape[:2], 3), np.float32) - 0.5)
        for channel in range(3):
            layer = Image.fromarray(grid[:, :, channel])
            layer = layer.resize((width, height), Image.Resampling.BICUBIC)
            soft[:, :, channel] += np.asarray(layer) * strength
    soft += 120
    across, down = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    soft[down > 0.6 + 0.05 * np.sin(9 * across)] *= 0.6
    soft[(across - 0.7) ** 2 + (down - 0.25) ** 2 < 0.01] += 70
    noise = random.standard_normal(soft.shape, np.float32) * np.sqrt(soft.clip(4)) * 0.35
    return Image.fromarray((soft + noise).clip(0, 255).astype(np.uint8))


def usual(image):
    """The body as course notebooks build it."""
    file = BytesIO()
    image.save(file, format="PNG")
    return json.dumps({"inputs": base64.b64encode(file.getvalue()).decode()}).encode()


def ours(image):
    return json.dumps({"inputs": encode_image(image, longest=LONGEST).base64}).encode()


def cpu_s(call, rounds):
    """CPU seconds of the best round, and the last result."""
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        result = call()
        best = min(best, time.process_time() - started)
    return best, result


def main(width, height):
    image = photograph(width, height)
    usual_s, large = cpu_s(lambda: usual(image), 2)
    ours_s, small = cpu_s(lambda: ours(image), 9)
    print(f"{width} × {height} in memory, to a JSON body ({LONGEST} pixels a side)")
    for name, seconds, body in (("usual", usual_s, large), ("workbench", ours_s, small)):
        print(f"  {name:<20} {seconds * 1e3:8.1f} ms CPU {len(body) / 1e6:8.2f} MB")
    fewer, faster = len(large) / len(small), usual_s / ours_s
    print(f"  fewer bytes          {fewer:8.1f} ×  (budget {BYTES_BUDGET})")
    print(f"  less CPU             {faster:8.1f} ×  (budget {CPU_BUDGET})")

    file = BytesIO()
    image.save(file, "JPEG", quality=92)
    data = file.getvalue()
    whole_s, _ = cpu_s(lambda: ours(load_image(data)), 5)
    draft_s, _ = cpu_s(lambda: ours(load_image(data, longest=LONGEST)), 5)
    print(f"the same as a JPEG file of {len(data) / 1e6:.1f} MB, read and made into a body")
    print(f"  load_image           {whole_s * 1e3:8.1f} ms CPU")
    print(
        f"  with longest={LONGEST}    {draft_s * 1e3:8.1f} ms CPU, {whole_s / draft_s:.1f} × less"
    )
    return 0 if fewer >= BYTES_BUDGET and faster >= CPU_BUDGET else 1


if __name__ == "__main__":
    size = [int(word) for word in sys.argv[1:3]] or [4000, 3000]
    sys.exit(main(*size))
