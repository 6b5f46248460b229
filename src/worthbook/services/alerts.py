"""The alerts of a book: what changed between two dates that somebody should act on."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from worthbook.data.lists import write_list
from worthbook.definitions.alert import AlertDefinition, Severity
from worthbook.kernel.errors import Fault, did_you_mean
from worthbook.kernel.language import LANGUAGES, Language, Text
from worthbook.kernel.result import ColumnMeta, Finding, Table, TableColumn
from worthbook.kernel.units import Unit, Value, show
from worthbook.planning.alerts import Alert, columns_needed, look, write_all
from worthbook.planning.run import Workbench
from worthbook.services.known_customer import shown
from worthbook.services.open_book import OpenBook, open_book
from worthbook.services.study_json import both

MOST = 10
"""Customers that are named for each alert; a list holds all."""

ALERT_UNKNOWN = Fault(
    "alert-unknown",
    what=Text(en="There is no alert '{name}'.", zh="没有名为“{name}”的预警。"),
    hint=Text(en="`worthbook list alerts` shows them. {near}", zh="可用 `worthbook list alerts` 查看。{near}"),
)
OF_GROUPS = Fault(
    "alert-of-groups",
    what=Text(
        en="The alert '{name}' is about groups, so that it has no list of customers.",
        zh="预警“{name}”针对分组，没有客户名单。",
    ),
    hint=Text(en="Name an alert about customers.", zh="请指定针对客户的预警。"),
)
NOT_BEFORE = Fault(
    "alert-since-not-before",
    what=Text(en="{since} is not before {as_of}.", zh="{since} 不早于 {as_of}。"),
    hint=Text(en="Give an earlier date with --since.", zh="请用 --since 指定更早的日期。"),
)

TITLE = Text(en="{book}: alerts on {as_of}", zh="{book}：{as_of} 预警")
RAISED = Text(en="{title}: {count} customers, {value} at stake.", zh="{title}：{count} 位客户，涉及价值{value}。")
RAISED_GROUPS = Text(en="{title}: {names}.", zh="{title}：{names}。")
CALM = Text(en="Nothing to act on: none of {count} alerts is raised.", zh="无需处理：{count} 项预警均未触发。")
TOO_EARLY = Text(
    en="{title}: not judged, as the history does not go back to {since}.", zh="{title}：数据未覆盖 {since}，未作判断。"
)
UNDECIDED = Text(
    en="{title}: not judged, as this is not known for any customer: {columns}.",
    zh="{title}：以下数据对所有客户均未知，未作判断：{columns}。",
)
REASON = Text(en="{title}: {before} → {after}", zh="{title}：{before} → {after}")
ACT = Text(en="{title} ({who}): {action}", zh="{title}（{who}）：{action}")
SINCE = Text(en="{title} (since {since})", zh="{title}（自 {since}）")

_ORDER: Sequence[Severity] = ("high", "medium", "low")


@dataclass(frozen=True)
class Question:
    """Which alerts, between which dates."""

    as_of: str | None = None
    since: str | None = None
    """The earlier date of all alerts; by default each looks back as its definition says."""
    alerts: tuple[str, ...] = ()
    """By default all."""


@dataclass(frozen=True)
class Alerts:
    """What was found, the gravest first."""

    title: Text
    as_of: dt.date
    found: tuple[Alert, ...]
    too_early: tuple[tuple[AlertDefinition, dt.date], ...]
    """Alerts that look back beyond the history."""
    metas: Mapping[str, ColumnMeta]
    shown: Mapping[str, str]
    """Customer → the id as others may see it."""
    currency: str

    @property
    def raised(self) -> tuple[Alert, ...]:
        """Those that somebody raises."""
        return tuple(each for each in self.found if each.count)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A sentence for each alert that is raised."""
        told = [
            Finding(self._said(each), "neutral" if each.definition.severity == "low" else "warning")
            for each in self.raised
        ]
        return tuple(told) or (Finding(CALM.format(count=len(self.found)), "good"),)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Who acts and how; and what could not be judged."""
        acts = [
            ACT.format(title=each.title, who=each.who_acts, action=each.next_action)
            for each in (alert.definition for alert in self.raised)
        ]
        early = [TOO_EARLY.format(title=each.title, since=since) for each, since in self.too_early]
        unknown = [
            UNDECIDED.format(title=each.definition.title, columns=self._titles(each.unknown))
            for each in self.found
            if each.unknown and not each.count
        ]
        return (*acts, *early, *unknown)

    def tables(self) -> tuple[Table, ...]:
        """The customers or groups of each alert that is raised."""
        return tuple(self._customers(each) if each.raised is not None else self._groups(each) for each in self.raised)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "as_of": self.as_of.isoformat(),
            "alerts": [self._json(each) for each in self.found],
            "too_early": [each.name for each, _ in self.too_early],
        }

    def _said(self, alert: Alert) -> Text:
        title = alert.definition.title
        if alert.raised is None:
            return RAISED_GROUPS.format(title=title, names=_joined(group.title for group in alert.groups))
        value = self._amount(alert.raised.value_before, Unit.MONEY)
        return RAISED.format(title=title, count=f"{alert.raised.customers:,}", value=value)

    def _customers(self, alert: Alert) -> Table:
        rows = tuple(
            (
                self.shown[each.customer_id],
                each.value_before,
                each.value_after,
                self._reason(each.reason, each.before, each.after),
            )
            for each in alert.raisers
        )
        value = self.metas[alert.definition.value].title
        columns = (
            TableColumn("customer", Text(en="Customer", zh="客户"), Unit.ID),
            TableColumn("value_before", Text(en=f"{value.en}, before", zh=f"此前{value.zh}"), Unit.MONEY),
            TableColumn("value_after", Text(en="now", zh="现在"), Unit.MONEY),
            TableColumn("reason", Text(en="What moved most", zh="变动最大的指标"), Unit.TEXT),
        )
        return Table(alert.definition.name, self._headed(alert), columns, rows)

    def _groups(self, alert: Alert) -> Table:
        rows = tuple(
            (each.title, each.customers_before, each.customers_after, each.value_before, each.value_after)
            for each in alert.groups
        )
        value = self.metas[alert.definition.value].title
        columns = (
            TableColumn("group", Text(en="Group", zh="分组"), Unit.TEXT),
            TableColumn("customers_before", Text(en="Customers, before", zh="此前客户数"), Unit.COUNT),
            TableColumn("customers_after", Text(en="now", zh="现在"), Unit.COUNT),
            TableColumn("value_before", Text(en=f"{value.en}, before", zh=f"此前{value.zh}"), Unit.MONEY),
            TableColumn("value_after", Text(en="now", zh="现在"), Unit.MONEY),
        )
        return Table(alert.definition.name, self._headed(alert), columns, rows)

    def _headed(self, alert: Alert) -> Text:
        return SINCE.format(title=alert.definition.title, since=alert.since)

    def _reason(self, column: str | None, before: float | None, after: float | None) -> Text | None:
        if column is None:
            return None
        meta = self.metas[column]
        return REASON.format(
            title=meta.title, before=self._amount(before, meta.unit), after=self._amount(after, meta.unit)
        )

    def _amount(self, value: Value, unit: Unit) -> Text:
        said: dict[Language, str] = {each: show(value, unit, each, self.currency) for each in LANGUAGES}
        return Text(**said)

    def _titles(self, names: Iterable[str]) -> Text:
        return _joined(self.metas[name].title for name in names)

    def _json(self, alert: Alert) -> dict[str, object]:
        definition = alert.definition
        return {
            "alert": definition.name,
            "title": both(definition.title),
            "severity": definition.severity,
            "since": alert.since.isoformat(),
            "who_acts": both(definition.who_acts),
            "next_action": both(definition.next_action),
            "raised": None if alert.raised is None else alert.raised._asdict(),
            "customers": [{**each._asdict(), "customer_id": self.shown[each.customer_id]} for each in alert.raisers],
            "groups": [
                {**{key: value for key, value in vars(each).items() if key != "title"}, "title": both(each.title)}
                for each in alert.groups
            ],
        }


def _joined(texts: Iterable[Text]) -> Text:
    found = tuple(texts)
    return Text(en=", ".join(each.en for each in found), zh="、".join(each.zh for each in found))


def alerts(folder: Path, question: Question, *, show_personal: bool = False) -> Alerts:
    """Judge the alerts of a book.

    Raises:
        WorthbookError: `alert-unknown`, `alert-since-not-before`, `as-of-before-history`, `book-empty`.
    """
    with open_book(folder) as opened:
        day = opened.day(question.as_of)
        asked, too_early = _asked(opened, question, day)
        benches = _benches(opened, asked, day)
        found = tuple(look(each, benches[since], benches[day], MOST) for each, since in asked)
        names = {raiser.customer_id for each in found for raiser in each.raisers}
        ids = sorted(names)
        said = ids if show_personal else shown(opened, ids)
        return Alerts(
            title=TITLE.format(book=opened.book.title, as_of=day),
            as_of=day,
            found=found,
            too_early=too_early,
            metas={name: opened.catalogue.meta(name) for each, _ in asked for name in columns_needed(each)},
            shown=dict(zip(ids, said, strict=True)),
            currency=opened.book.currency,
        )


def list_alert(folder: Path, question: Question, to: Path, *, bom: bool = True, show_personal: bool = False) -> int:
    """Write everybody who raises the one alert that is asked for as CSV or Parquet; how many there are.

    Raises:
        WorthbookError: as `alerts`, and `alert-of-groups`.
    """
    with open_book(folder) as opened, tempfile.TemporaryDirectory(prefix="worthbook-") as place:
        day = opened.day(question.as_of)
        asked, _ = _asked(opened, question, day)
        ((alert, since),) = asked
        if alert.groups is not None:
            raise OF_GROUPS(name=alert.name)
        benches = _benches(opened, asked, day)
        sheet = write_all(alert, benches[since], benches[day], Path(place))
        salt = None if show_personal else opened.book.salt
        return write_list(opened.engine, [sheet], sheet.columns, to, bom=bom, salt=salt)


def _asked(
    opened: OpenBook, question: Question, day: dt.date
) -> tuple[list[tuple[AlertDefinition, dt.date]], tuple[tuple[AlertDefinition, dt.date], ...]]:
    """The alerts with their earlier dates, and those that look back beyond the history."""
    known = opened.catalogue.alerts
    for name in question.alerts:
        if name not in known:
            raise ALERT_UNKNOWN(name=name, near=did_you_mean(name, known))
    wanted = [known[name] for name in question.alerts or known]
    since = None if question.since is None else opened.day(question.since)
    if since is not None and since >= day:
        raise NOT_BEFORE(since=since, as_of=day)
    dated = [
        (each, since or each.span.span(day)[0]) for each in sorted(wanted, key=lambda each: _ORDER.index(each.severity))
    ]
    early = tuple(each for each in dated if each[1] < opened.extent.first)
    return [each for each in dated if each not in early], early


def _benches(
    opened: OpenBook, asked: Sequence[tuple[AlertDefinition, dt.date]], day: dt.date
) -> dict[dt.date, Workbench]:
    """The columns of every date, made together."""
    wanted: dict[dt.date, dict[str, None]] = {}
    for alert, since in asked:
        for date in (since, day):
            wanted.setdefault(date, {}).update(dict.fromkeys(columns_needed(alert)))
    return {date: opened.make(names, as_of=date) for date, names in wanted.items()}
