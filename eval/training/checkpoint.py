"""A checkpoint: all that a broken-off run goes on with; needs the extra ``train``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch

from index.errors import UserError

# What a run is: its settings and its data, by name. Only a run of the same goes on.
Identity = Mapping[str, int | float | str]
# Tensors by name, in groups by name.
Groups = Mapping[str, Mapping[str, torch.Tensor]]


def keep(
    path: Path, identity: Identity, step: int, groups: Groups, optimizer: torch.optim.Optimizer
) -> None:
    """Write a checkpoint; the last one stands until this one is whole.

    Raises :class:`UserError` where it cannot be written.
    """
    held = {
        "identity": dict(identity),
        "step": step,
        "optimizer": optimizer.state_dict(),
        **{
            group: {name: tensor.detach() for name, tensor in tensors.items()}
            for group, tensors in groups.items()
        },
    }
    written = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(held, written)
        os.replace(written, path)
    except OSError as error:
        raise UserError(
            f"{path}: cannot be written ({error.strerror}); name another file with --checkpoint"
        ) from None


def resume(path: Path, identity: Identity, groups: Groups, optimizer: torch.optim.Optimizer) -> int:
    """Put a checkpoint's numbers in place; return how many steps are done, 0 without a file.

    Raises :class:`UserError` where it is another run's.
    """
    if not path.is_file():
        return 0
    held = torch.load(path, weights_only=True)
    if held["identity"] != identity:
        raise UserError(
            f"{path}: of another run ({held['identity']}, not {dict(identity)}); "
            "run without --resume"
        )
    with torch.no_grad():
        for group, tensors in groups.items():
            for name, tensor in tensors.items():
                tensor.copy_(held[group][name])
    optimizer.load_state_dict(held["optimizer"])
    return int(held["step"])
