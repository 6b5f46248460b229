"""Customers who may be one: pairs that have something telling in common, with a score and what speaks for and against.

Everything happens in the engine. Each customer gives keys (its phone, its name with its birthday …), in one spelling.
Only customers with an equal key of a telling kind are compared, and a key that many share proposes nobody, so that the
pairs stay within a bound: a key of n customers gives at most n (n - 1) / 2 of them, with n limited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import sqlglot
from sqlglot import exp

from worthbook.data import normal
from worthbook.data.engine import Engine, Snapshot
from worthbook.data.relations import Relations, all_files
from worthbook.data.sheets import CUSTOMER
from worthbook.definitions.identity import EvidenceKind, IdentityDefinition
from worthbook.definitions.table import TableDefinition

_READ = ("name", "email", "phone", "credit_code", "born_on", "kind")
_ALWAYS = dt.date(9999, 12, 31)


@dataclass(frozen=True)
class Candidate:
    """Two customers who may be one."""

    one: str
    """The id that would be merged: the one of which less is known; of two alike, the greater."""
    other: str
    """The id that would stand for both."""
    score: float
    """0 to 1: how much speaks for it, less what speaks against it. It orders pairs; it is not a probability."""
    same: tuple[EvidenceKind, ...]
    different: tuple[EvidenceKind, ...]


@dataclass(frozen=True)
class Crowd:
    """Keys of one kind that so many customers share that they propose no pair."""

    kind: EvidenceKind
    keys: int
    customers: int


@dataclass(frozen=True)
class Candidates:
    """What was found."""

    pairs: tuple[Candidate, ...]
    """Highest score first."""
    count: int
    """How many there are, shown or not."""
    crowds: tuple[Crowd, ...]


def find_candidates(  # noqa: PLR0913 - a book, what speaks for a pair, and which pairs
    engine: Engine,
    snapshot: Snapshot,
    tables: Mapping[str, TableDefinition],
    identity: IdentityDefinition,
    *,
    apart: Collection[frozenset[str]] = (),
    limit: int = 100,
) -> Candidates:
    """The pairs of customers that may be one, highest score first.

    Args:
        engine: what runs the queries.
        snapshot: the stored tables; who was merged already counts as one.
        tables: definitions of all tables.
        identity: what speaks for and against.
        apart: pairs that somebody has decided on.
        limit: how many pairs at most.
    """
    sources = dict(_sources(tables, snapshot))
    if not sources:
        return Candidates((), 0, ())
    files = all_files(snapshot)
    rows = engine.rows(_query(_pairs(identity, limit + len(apart)), sources, identity), files)
    crowds = engine.rows(_query(_crowds(identity), sources, identity), files)
    found = [_candidate(tuple(identity.evidence), _Row(*row)) for row in cast("list[tuple[Any, ...]]", rows)]
    shown = [each for each in found if frozenset((each.one, each.other)) not in apart]
    every = cast("int", rows[0][-1]) if rows else 0
    return Candidates(
        tuple(shown[:limit]),
        every - (len(found) - len(shown)),
        tuple(Crowd(*each) for each in cast("list[tuple[EvidenceKind, int, int]]", crowds)),
    )


class _Row(NamedTuple):
    """One pair as the engine gives it; `same` and `different` have a bit for each kind of evidence."""

    one: str
    other: str
    score: float
    same: int
    different: int
    known_of_one: int
    known_of_other: int
    pairs: int


def _candidate(kinds: tuple[EvidenceKind, ...], row: _Row) -> Candidate:
    def named_by(bits: int) -> tuple[EvidenceKind, ...]:
        return tuple(kind for place, kind in enumerate(kinds) if bits >> place & 1)

    kept, merged = (row.one, row.other) if row.known_of_one >= row.known_of_other else (row.other, row.one)
    return Candidate(merged, kept, row.score, named_by(row.same), named_by(row.different))


def _sources(tables: Mapping[str, TableDefinition], snapshot: Snapshot) -> Iterator[tuple[str, exp.Select]]:
    """What is known of customers, table by table: those with one row a customer, and whoever has bought."""
    relations = Relations(tables, snapshot, _ALWAYS)
    for name, table in tables.items():
        if name not in snapshot.tables or table.customer is None or not snapshot.tables[name].files:
            continue
        if table.key == (table.customer,):
            there = [each for each in _READ if each in table.columns]
            rows = relations.relation(name, {table.customer, *there}).subquery(name)
            read = (exp.column(each) if each in there else exp.null() for each in _READ)
            values = (exp.alias_(exp.cast(value, "TEXT"), each) for value, each in zip(read, _READ, strict=True))
            yield name, exp.select(exp.alias_(exp.column(table.customer), CUSTOMER), *values).from_(rows)
        elif table.time is not None and "amount" in table.columns and not table.key:
            rows = relations.relation(name, {table.customer}).subquery(name)
            values = (exp.alias_(exp.cast(exp.null(), "TEXT"), each) for each in _READ)
            yield name, exp.select(exp.alias_(exp.column(table.customer), CUSTOMER), *values).from_(rows).distinct()


def _query(sql: str, sources: Mapping[str, exp.Select], identity: IdentityDefinition) -> exp.Query:
    query = cast("exp.Query", sqlglot.parse_one(f"{_keys(identity)} {sql}", read="duckdb"))
    every = list(sources.values())
    union = every[0] if len(every) == 1 else exp.union(*every, distinct=False)
    (place,) = (each for each in query.find_all(exp.Table) if each.name == "all_sources")
    place.replace(union.subquery("all_sources"))
    return query


def _keys(identity: IdentityDefinition) -> str:
    """Each customer's keys: `customer_id`, `kind`, `key`, each once.

    All are spelt in one pass that is kept: DuckDB would otherwise spell each to see whether there is one, and again
    to have it, and plan for twice as long.
    """
    spellings = list(_spellings(identity))
    narrow = ", ".join(f"{normal.half_width(each)} AS {each}" for each in _READ)
    spelt = ", ".join(f"{sql} AS key_{place}" for place, (_, sql) in enumerate(spellings))
    each_kind = " UNION ALL ".join(
        f"SELECT customer_id, '{kind}' AS kind, key_{place} AS key FROM spelt WHERE key_{place} IS NOT NULL"
        for place, (kind, _) in enumerate(spellings)
    )
    return f"""
        WITH people AS (SELECT customer_id, {normal.half_width("customer_id")} AS id, {narrow} FROM all_sources),
        spelt AS MATERIALIZED (SELECT customer_id, {spelt} FROM people),
        keys AS (SELECT DISTINCT customer_id, kind, key FROM ({each_kind}) AS each)
    """


def _spellings(identity: IdentityDefinition) -> Iterator[tuple[EvidenceKind, str]]:
    """Kinds of keys and how they are spelt, in SQL over what is known of a customer; NULL where there is none."""
    forms, nobodys = identity.legal_forms, identity.nobodys
    name = normal.bare("name")
    made: dict[EvidenceKind, str] = {
        "id": normal.bare("id"),
        "credit_code": normal.credit_code("credit_code"),
        "email": normal.email("email", nobodys),
        "phone": normal.phone("phone", nobodys),
        "masked_phone": _joined(name, normal.phone_ends("phone")),
        "name_and_birthday": _joined(name, "born_on"),
        "company": f"CASE WHEN kind = 'business' OR {normal.is_company('name', forms)} "
        f"THEN {normal.company('name', forms)} END",
        "name": name,
        "birthday": "born_on",
    }
    yield from ((kind, made[kind]) for kind in identity.evidence)
    # An id may itself be a phone number or an address.
    ids: dict[EvidenceKind, str] = {"email": normal.email("id", nobodys), "phone": normal.phone("id", nobodys)}
    yield from ((kind, sql) for kind, sql in ids.items() if kind in identity.evidence)


def _joined(name: str, other: str) -> str:
    return f"CASE WHEN name IS NOT NULL AND {other} IS NOT NULL THEN CONCAT({name}, {other}) END"


def _proposing(identity: IdentityDefinition) -> str:
    return ", ".join(f"'{kind}'" for kind, each in identity.evidence.items() if each.proposes)


def _crowds(identity: IdentityDefinition) -> str:
    return f""", sizes AS (
            SELECT kind, key, COUNT(*) AS customers FROM keys WHERE kind IN ({_proposing(identity)}) GROUP BY kind, key
            HAVING COUNT(*) > {identity.most_in_block})
        SELECT kind, COUNT(*), CAST(SUM(customers) AS BIGINT) FROM sizes GROUP BY kind ORDER BY kind"""


def _pairs(identity: IdentityDefinition, limit: int) -> str:
    def summed(same: int, weights: Mapping[EvidenceKind, float]) -> str:
        cases = " ".join(
            f"WHEN same = {same} AND kind = '{kind}' THEN LN({1 - weight!r})"
            for kind, weight in weights.items()
            if weight
        )
        return f"SUM(CASE {cases} ELSE 0.0 END)" if cases else "0.0"

    def bits(same: int) -> str:
        cases = " ".join(
            f"WHEN same = {same} AND kind = '{kind}' THEN {1 << place}"
            for place, (kind, each) in enumerate(identity.evidence.items())
            if same or each.different
        )
        return f"CAST(SUM(CASE {cases} ELSE 0 END) AS BIGINT)" if cases else "0"

    # What is shown of a masked number says nothing more where both numbers are known, nor does a name beside
    # the firm's or beside name and birthday together.
    support = summed(1, {kind: each.same for kind, each in identity.evidence.items()})
    against = summed(0, {kind: each.different for kind, each in identity.evidence.items()})
    return f""", sizes AS (
            SELECT kind, key FROM keys WHERE kind IN ({_proposing(identity)}) GROUP BY kind, key
            HAVING COUNT(*) BETWEEN 2 AND {identity.most_in_block}),
        blocks AS (SELECT keys.customer_id, keys.kind, keys.key FROM keys JOIN sizes
            ON keys.kind = sizes.kind AND keys.key = sizes.key),
        pairs AS (SELECT DISTINCT a.customer_id AS one, b.customer_id AS other FROM blocks AS a JOIN blocks AS b
            ON a.kind = b.kind AND a.key = b.key AND a.customer_id < b.customer_id),
        compared AS (SELECT one, other, a.kind AS kind, MAX(CASE WHEN a.key = b.key THEN 1 ELSE 0 END) AS same
            FROM pairs JOIN keys AS a ON a.customer_id = one
            JOIN keys AS b ON b.customer_id = other AND b.kind = a.kind GROUP BY one, other, a.kind),
        told AS (SELECT compared.one, compared.other, kind, same FROM compared JOIN (
            SELECT one, other, MAX(CASE WHEN kind = 'phone' THEN 1 ELSE 0 END) AS both_phones,
                MAX(CASE WHEN kind IN ('name_and_birthday', 'company') THEN same ELSE 0 END) AS whole
            FROM compared GROUP BY one, other) AS known
            ON compared.one = known.one AND compared.other = known.other
            WHERE NOT (kind = 'masked_phone' AND both_phones = 1)
                AND NOT (kind IN ('name', 'birthday') AND whole = 1)),
        scored AS (SELECT one, other, ROUND((1 - EXP({support})) * EXP({against}), 4) AS score,
                {bits(1)} AS same, {bits(0)} AS different
            FROM told GROUP BY one, other),
        sized AS (SELECT customer_id, COUNT(*) AS known FROM keys GROUP BY customer_id)
        SELECT one, other, score, same, different, a.known, b.known, COUNT(*) OVER ()
        FROM scored JOIN sized AS a ON a.customer_id = one JOIN sized AS b ON b.customer_id = other
        WHERE score >= {identity.least_score}
        ORDER BY score DESC, one, other LIMIT {limit}"""
