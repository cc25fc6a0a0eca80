"""Settings, read from the environment here and nowhere else.

``APOSTILLA_HOME``, ``APOSTILLA_INDEX``, ``APOSTILLA_KEEP``, ``APOSTILLA_EMBEDDING``,
``APOSTILLA_OCR_LANGUAGE``, ``APOSTILLA_READER``.
"""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a user may set once for all commands.

    ``home`` is the folder of all that a reader keeps: conversations, remarks on answers, passwords
    and, unless ``index`` names another folder, the index. ``keep`` tells whether conversations of
    the chat are kept. ``embedding`` is the embedding for a new one (a name for
    :func:`index.model.embed.load_embedding`), ``None`` for the bundled one; ``ocr_language`` the
    language of scans as Tesseract calls it, ``None`` for the one that they seem to be in;
    ``reader`` whether passages are read for a short answer.
    """

    model_config = SettingsConfigDict(env_prefix="APOSTILLA_", frozen=True)

    home: Path = Field(default_factory=lambda: user_data_path("apostilla"))
    index: Path = Field(default_factory=lambda told: told["home"] / "index")
    keep: bool = True
    embedding: str | None = None
    ocr_language: str | None = None
    reader: bool = True
