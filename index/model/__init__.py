"""The bundled model, multilingual-e5-small, and the embeddings that may stand in for it."""
