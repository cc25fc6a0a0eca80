"""The switches that libraries read from the environment once, when they load.

They are set here and nowhere else, before anything heavy is imported: ``index/__init__.py``
calls :func:`set_switches`, and every door imports ``index`` first. A value that the user has
already set stays.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

SWITCHES = {
    # Waiting threads sleep instead of spinning: a question under load took 1,369 ms, now 38 ms.
    "OMP_WAIT_POLICY": "passive",
    # No telemetry: nothing leaves the machine. Gradio's keyword argument alone is not enough.
    "GRADIO_ANALYTICS_ENABLED": "False",
    # Gradio makes a table of its last 10,000 events after each of them: pandas, up to 30 ms.
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def set_switches() -> None:
    """Set every switch that the user has not set."""
    for name, value in SWITCHES.items():
        os.environ.setdefault(name, value)
    cache = _bundled_tiktoken_cache()
    if cache is not None:
        os.environ.setdefault("TIKTOKEN_CACHE_DIR", str(cache))


def _bundled_tiktoken_cache() -> Path | None:
    """Find the token tables inside llama-index-core; tiktoken would download them, untimed."""
    try:
        spec = importlib.util.find_spec("llama_index.core")
    except ModuleNotFoundError:  # not even its parent is there: an environment of another project
        return None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "_static" / "tiktoken_cache"
