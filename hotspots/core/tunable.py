"""Methods that can be read, changed and copied as scikit-learn does."""

from __future__ import annotations

import dataclasses
from typing import Any, Self

from hotspots.core.errors import ParameterError, did_you_mean
from hotspots.core.options import Checked


class Tunable(Checked):
    """A method whose fields are its parameters, none of them impossible.

    ``sklearn.base.clone``, ``ParameterGrid`` and the like work on it.
    """

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the fields; with ``deep`` those of methods in fields, as ``a__b``."""
        found: dict[str, Any] = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            found[item.name] = value
            if deep and isinstance(value, Tunable):
                inner = value.get_params()
                found |= {f"{item.name}__{name}": each for name, each in inner.items()}
        return found

    def set_params(self, **params: Any) -> Self:
        """Change fields of this object, checked as when it was made, and return it.

        Raises ParameterError if a field is not known or its value is impossible;
        nothing is changed.
        """
        own = self.get_params(deep=False)
        inside: dict[str, dict[str, Any]] = {}
        for name, value in params.items():
            head, deeper, rest = name.partition("__")
            if head not in own or (deeper and not isinstance(own[head], Tunable)):
                raise ParameterError(
                    f"{type(self).__name__} has {', '.join(own)}; got {name!r}."
                    f"{did_you_mean(name, own)}"
                )
            if deeper:
                inside.setdefault(head, {})[rest] = value
            else:
                own[head] = value
        for head, changes in inside.items():
            own[head] = type(own[head])(**own[head].get_params(deep=False))
            own[head].set_params(**changes)
        checked = type(self)(**own)
        for item in dataclasses.fields(checked):
            object.__setattr__(self, item.name, getattr(checked, item.name))
        return self
