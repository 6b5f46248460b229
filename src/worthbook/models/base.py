"""What every model is: a frozen specification whose `fit` returns a frozen fit.

There is no half-way object: a specification has no estimates and a fit always has them, so "not fitted yet" cannot be
expressed.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Generic, Self, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from worthbook.kernel.errors import Fault
from worthbook.kernel.language import Text

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
Fact = bool | int | float | str
Record = Mapping[str, Any]

WRONG_ESTIMATOR = Fault(
    "fit-of-another-estimator",
    what=Text(
        en="This fit was made by '{found}', not by '{wanted}'.", zh="该拟合结果由“{found}”生成，而不是“{wanted}”。"
    ),
    hint=Text(
        en="Read it with the estimator that wrote it, or fit the model again.",
        zh="请用生成它的估计方法读取，或重新拟合模型。",
    ),
)

FIT_INCOMPLETE = Fault(
    "fit-of-another-version",
    what=Text(
        en="This fit lacks '{field}': it was kept by another version of the program.",
        zh="该拟合结果缺少“{field}”：它由程序的另一个版本保存。",
    ),
    hint=Text(en="Fit the model again; a book does so by itself.", zh="请重新拟合模型；账簿会自动重新拟合。"),
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One parameter: its symbol in the literature, the estimate, and how sure one can be of it.

    The standard error and the interval are `None` where the data do not determine the parameter.
    """

    symbol: str
    estimate: float
    standard_error: float | None
    low: float | None
    high: float | None


Data_contra = TypeVar("Data_contra", contravariant=True)
Fit_co = TypeVar("Fit_co", bound="Fit[Any]", covariant=True)


class Fit(ABC, Generic[Data_contra]):
    """A fitted model: what was estimated, from what, and what to be careful about."""

    estimator: ClassVar[str]

    @property
    @abstractmethod
    def summary(self) -> tuple[Estimate, ...]:
        """One row for each parameter."""

    @property
    @abstractmethod
    def facts(self) -> Mapping[str, Fact]:
        """Plain facts about the fit: `log_likelihood`, `customers`, `converged`, `identified` and so on."""

    @property
    @abstractmethod
    def cautions(self) -> tuple[Text, ...]:
        """What a reader must know before using the numbers; empty if there is nothing."""

    @abstractmethod
    def predict(self, data: Data_contra) -> Mapping[str, FloatArray]:
        """The columns that the model gives for each row of the data."""

    @abstractmethod
    def as_record(self) -> Record:
        """Everything needed to make the fit again, as plain values."""

    @classmethod
    @abstractmethod
    def from_record(cls, record: Record) -> Self:
        """The fit of which `as_record` gave the plain values."""

    def to_json(self) -> str:
        """The fit as JSON; numbers keep every digit."""
        return json.dumps({"estimator": self.estimator, **self.as_record()}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`.

        Raises:
            WorthbookError: `fit-of-another-estimator`, `fit-of-another-version`.
        """
        record = json.loads(text)
        if record.get("estimator") != cls.estimator:
            raise WRONG_ESTIMATOR(found=record.get("estimator"), wanted=cls.estimator)
        try:
            return cls.from_record(record)
        except KeyError as missing:
            raise FIT_INCOMPLETE(field=missing.args[0]) from missing


class RecordedFit(Fit[Data_contra]):
    """A fit that is a dataclass: its record is its fields, those that have a record of their own by it."""

    def as_record(self) -> Record:
        """Plain values for JSON."""
        return {each.name: _plain(getattr(self, each.name)) for each in _fields(type(self))}

    @classmethod
    def from_record(cls, record: Record) -> Self:
        """The inverse of `as_record`."""
        kinds = get_type_hints(cls)
        return cls(**{each.name: _restored(record[each.name], kinds[each.name]) for each in _fields(cls)})


def _fields(fit_class: type) -> tuple[Field[Any], ...]:
    return fields(fit_class)


def _plain(value: Any) -> Any:  # noqa: ANN401 - fields are of many kinds
    if hasattr(value, "as_record"):
        return value.as_record()
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def _restored(value: Any, kind: Any) -> Any:  # noqa: ANN401 - the inverse of `_plain`
    if hasattr(kind, "from_record"):
        return kind.from_record(value)
    return tuple(_restored(each, None) for each in value) if isinstance(value, list | tuple) else value


class Specification(ABC, Generic[Data_contra, Fit_co]):
    """A model before it has seen data: which estimator, with which choices."""

    estimator: ClassVar[str]

    @abstractmethod
    def fit(self, data: Data_contra) -> Fit_co:
        """Estimate the parameters.

        Raises:
            WorthbookError: If the data cannot carry the model at all.
        """
