"""Files in: every format that becomes a Book."""
