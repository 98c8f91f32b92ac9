"""What the web application can be told when it is built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from hotspots.core.environment import check_environment


class WebSettings(BaseSettings):
    """What the web application can be told: by a caller, else by HOTSPOTS_WEB_....

    ``rows_per_page``: rows of the long tables on one page.
    ``n_views_kept``: how many analyses, answers and plans stay in memory.
    ``briefs``: folder of the weekly briefs, whose runs are shown.
    """

    model_config = SettingsConfigDict(
        env_prefix="HOTSPOTS_WEB_", frozen=True, extra="forbid"
    )

    rows_per_page: int = Field(default=100, ge=1, le=10_000)
    n_views_kept: int = Field(default=16, ge=1)
    briefs: Path | None = None

    def __init__(self, **told: Any) -> None:
        """Refuse a name that means nothing: a slip would be taken for the default.

        Raises ParameterError if the environment has one.
        """
        prefix = str(self.model_config["env_prefix"])
        check_environment(prefix, list(type(self).model_fields))
        super().__init__(**told)
