"""Books in, passages out; knows nothing of chat, answers or language models.

Importing this package sets the environment switches and nothing else: they must stand before
any numeric library loads.
"""

from index.switches import set_switches

set_switches()
