"""The chat as a part of the house."""

from __future__ import annotations

import subprocess
import sys


def test_only_the_chat_loads_gradio() -> None:
    """Python and the command line do without the web page and all that it takes."""
    code = (
        "import sys, assistant.cli, assistant.ask, assistant.page, assistant.listing; "
        "print([each for each in ('gradio', 'fastapi', 'assistant.chat') if each in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
