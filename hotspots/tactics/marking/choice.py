"""Which patches to mark: risk by street, the choice, back-test and stability."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

from hotspots.core.budget import steps
from hotspots.core.types import Bools, Floats
from hotspots.methods.kde import density
from hotspots.methods.prospective import Prospective, recent_density
from hotspots.model.incidents import Incidents
from hotspots.optimise.patches import choose_patches, grow_patch
from hotspots.optimise.patches.exact import prove_patch
from hotspots.optimise.patches.network import Patch
from hotspots.tactics.backtest import Covers, Trial
from hotspots.tactics.context import PlanningContext
from hotspots.tactics.marking.streets import CampaignStreets
from hotspots.tactics.selection import draw_from_top

QUICK_STARTS, QUICK_IMPROVED = 12, 1
BANDWIDTH_M, LENGTH_M = 150.0, 50.0
CONTROL_AWAY_M = 400.0
N_SPARE = 3
N_CONTROL_TRIES = 12


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Patches to mark and those that could be marked instead.

    ``bounds``: what no patch can exceed, those ranked before being taken.
    ``spare``: the next best, apart from all of them.
    ``drawn``: how they were drawn, with the seed; empty where they are the highest.
    ``held``: those of the draw that were not drawn: the comparison.
    """

    patches: tuple[Patch, ...]
    bounds: tuple[float, ...]
    spare: tuple[Patch, ...]
    drawn: str = ""
    held: tuple[Patch, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class PatchChooser:
    """Chooses patches by the risk of dwelling burglary.

    ``context``: whose incidents are dwelling burglaries only.
    ``allowed`` (k,): streets that are not in the reserve.
    ``budget``: homes of each patch.
    """

    context: PlanningContext
    streets: CampaignStreets
    allowed: Bools
    budget: int
    n_patches: int
    randomise: bool = False

    def risk(self, incidents: Incidents, day: dt.date) -> tuple[Floats, Floats]:
        """Return lasting and recent risk of each street, together 1 over the district.

        Returns ``chronic, recent`` (k,).

        Notes
        -----
        The density of burglaries at a home is divided by the density of homes there:
        the risk of a home, not of a hectare. Otherwise a block of flats next to a
        burglary would count once for each flat.
        """
        streets, of_home = self.streets, self.streets.of_home
        model = Prospective(bandwidth_m=BANDWIDTH_M, length_m=LENGTH_M)
        parts = model.at(incidents, streets.home_xy_m, on=day)
        shares: list[Floats] = []
        for part, homes in zip(parts, self.homes_near, strict=True):
            per_home = part / homes
            total = float(per_home.sum())
            scale = float(part.sum()) / total if total > 0 else 0.0
            by_street = np.bincount(of_home, per_home * scale, len(streets))
            shares.append(np.asarray(by_street, dtype=np.float64))
        return shares[0], shares[1]

    @cached_property
    def homes_near(self) -> tuple[Floats, Floats]:
        """Density of homes about each home, by the two kernels of the risk."""
        xy = self.streets.home_xy_m
        return density(xy, xy, bandwidth_m=BANDWIDTH_M), recent_density(
            xy, np.zeros(len(xy)), xy, length_m=LENGTH_M, length_days=1
        )

    @cached_property
    def parts(self) -> tuple[Floats, Floats]:
        """Lasting and recent risk of each street today."""
        return self.risk(self.context.incidents, self.context.day)

    @cached_property
    def value(self) -> Floats:
        """Risk of each street today, shape (k,); 1 over the district."""
        return self.parts[0] + self.parts[1]

    @cached_property
    def chosen(self) -> Chosen:
        """The patches, each proven as far as it can be, and the next best."""
        network = self.streets.network
        found: list[Patch] = []
        bounds: list[float] = []
        for _ in range(self.n_patches * (1 + self.randomise)):
            free = self._without(found)
            if found and not (self.value[free] > 0).any():
                break
            patch = grow_patch(network, self.value, self.budget, allowed=free)
            patch, bound = prove_patch(
                network, self.value, self.budget, patch, allowed=free
            )
            found.append(patch)
            bounds.append(bound)
        spare = self._spare(found)
        if not self.randomise:
            return Chosen(patches=tuple(found), bounds=tuple(bounds), spare=spare)
        proven = list(zip(found, bounds, strict=True))
        drawn, others, words = draw_from_top(
            proven, self.n_patches, seed=self.context.seed
        )
        return Chosen(
            patches=tuple(patch for patch, _ in drawn),
            bounds=tuple(bound for _, bound in drawn),
            spare=spare,
            drawn=words,
            held=tuple(patch for patch, _ in others),
        )

    def _without(self, patches: list[Patch]) -> Bools:
        free = self.allowed.copy()
        for patch in patches:
            free[list(patch.members)] = False
            free[list(self.streets.network.beside(patch.members))] = False
        return free

    def _spare(self, found: list[Patch]) -> tuple[Patch, ...]:
        free = self._without(found)
        if not (self.value[free] > 0).any():
            return ()
        return choose_patches(
            self.streets.network,
            self.value,
            self.budget,
            range(N_SPARE),
            allowed=free,
            n_starts=QUICK_STARTS,
            n_improved=QUICK_IMPROVED,
        )

    def control(
        self, patch: Patch, treated: tuple[Patch, ...], taken: tuple[Patch, ...]
    ) -> Patch | None:
        """Return the patch to compare with."""
        away = np.min([self.streets.away_m(p.members) for p in treated], axis=0)
        free = away > CONTROL_AWAY_M
        for other in taken:
            free[list(other.members)] = False
        counts = self.counts.astype(float)
        if not (counts[free] > 0).any():
            return None
        tried = choose_patches(
            self.streets.network,
            counts,
            patch.size,
            range(N_CONTROL_TRIES),
            allowed=free,
            n_starts=QUICK_STARTS,
            n_improved=QUICK_IMPROVED,
        )
        here = self.count(patch)
        return min(
            tried,
            key=lambda p: (abs(p.value - here), abs(p.size - patch.size), p.members),
        )

    @cached_property
    def street_of(self) -> npt.NDArray[np.int64]:
        """Street of each dwelling burglary of the window, or -1."""
        return self.streets.street_of(self.context.recent)

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Dwelling burglaries of the window on each street, shape (k,)."""
        at = self.street_of
        return np.bincount(at[at >= 0], minlength=len(self.streets))

    def count(self, patch: Patch) -> int:
        """Return the dwelling burglaries of the window in a patch."""
        return int(self.counts[list(patch.members)].sum())

    def trial(self, days: int) -> Trial:
        """Return how the choice is tested on earlier data, beside simple choices."""
        words = (
            "the same number of homes in the streets with most dwelling burglaries of "
            "the last {} days, together or not"
        )
        every = self.context.window.days
        return Trial(
            choose=self._as_now,
            baselines={
                words.format(each): partial(self._highest, days=each)
                for each in (365, every)
            },
            among=self.context.incidents,
            days=days,
            counted="dwelling burglaries",
        )

    def resampled(self, n_resamples: int) -> list[tuple[Patch, ...]]:
        """Choose from resamples of the burglaries."""
        rng = self.context.rng("marking resamples")
        incidents = self.context.incidents
        n, found = self.n_patches, []
        counted = partial(
            steps, what="patches of resamples", total=n * n_resamples, compiled=True
        )
        for done in range(0, n * n_resamples, n):
            rows = np.sort(rng.integers(0, incidents.n, incidents.n))
            resample = replace(incidents, frame=incidents.frame[rows])
            turns = counted(range(n), first=done)
            found.append(self._found(resample, self.context.day, turns))
        return found

    def stays(self, resampled: list[tuple[Patch, ...]]) -> list[float]:
        """Return for each patch how often some patch holds at least half its homes."""
        size = self.streets.network.size
        again = np.zeros(len(self.chosen.patches))
        for found in resampled:
            for k, patch in enumerate(self.chosen.patches):
                most = max(
                    size[list(set(patch.members) & set(p.members))].sum() for p in found
                )
                again[k] += most >= patch.size / 2
        return [float(share) for share in again / len(resampled)]

    def _found(
        self, incidents: Incidents, day: dt.date, turns: Iterable[object]
    ) -> tuple[Patch, ...]:
        value = np.add(*self.risk(incidents, day))
        return choose_patches(
            self.streets.network,
            value,
            self.budget,
            turns,
            allowed=self.allowed,
            n_starts=QUICK_STARTS,
            n_improved=QUICK_IMPROVED,
        )

    def _as_now(self, training: Incidents, day: dt.date) -> Covers:
        patches = self._found(training, day, range(self.n_patches))
        return self._covers([k for patch in patches for k in patch.members])

    def _highest(self, training: Incidents, day: dt.date, *, days: int) -> Covers:
        known = self.context.known(training, day, days)
        street = self.streets.street_of(known)
        counts = np.bincount(street[street >= 0], minlength=len(self.streets))
        members, left = [], self.budget * self.n_patches
        for k in np.lexsort((np.arange(len(counts)), -counts)).tolist():
            fits = self.allowed[k] and self.streets.network.size[k] <= left
            if counts[k] and fits:
                members.append(k)
                left -= int(self.streets.network.size[k])
        return self._covers(members)

    def _covers(self, members: list[int]) -> Covers:
        homes = self.streets.network.size
        return Covers(
            lambda later: np.isin(self.streets.street_of(later), members),
            float(homes[members].sum() / homes.sum()),
        )
