"""Connected streets within a budget of homes."""

from __future__ import annotations

from hotspots.optimise.patches.solve import (
    choose_patches,
    grow_patch,
    open_heads,
    patch_bound,
)

__all__ = ["choose_patches", "grow_patch", "open_heads", "patch_bound"]
