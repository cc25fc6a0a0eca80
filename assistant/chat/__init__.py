"""The chat: a page of Gradio behind a guard. Only the command line opens it."""
