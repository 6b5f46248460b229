"""Wallets from look-alikes: by hand, for all data, and planted ones that must be found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worthbook.kernel.errors import WorthbookError
from worthbook.models.potential.look_alikes import LookAlikes, LookAlikesFit
from worthbook.models.potential.peers import Peers

TEN = LookAlikes(least=10)


def alike(spend: list[float], kind: list[str], stated: list[float] | None = None) -> Peers:
    return Peers(spend, stated or [0.0] * len(spend), {"kind": kind})


def test_the_ceiling_is_what_the_eighth_of_ten_spends() -> None:
    """Firms spend 10 to 100, persons 1 to 10: the 80 % quantiles are 80 and 8, the range goes from 70 % to 90 %."""
    peers = alike([*(10.0 * each for each in range(1, 11)), *map(float, range(1, 11))], ["firm"] * 10 + ["person"] * 10)
    found = TEN.fit(peers).predict(alike([20, 95, 3], ["firm", "firm", "person"]))
    assert {name: values.tolist() for name, values in found.items()} == {
        "wallet": [80, 95, 8],
        "wallet_low": [70, 95, 7],
        "wallet_high": [90, 95, 9],
        "look_alikes": [10, 10, 10],
    }


def test_where_few_are_alike_the_last_trait_is_dropped() -> None:
    peers = Peers(
        [10.0] * 20 + [50.0] * 9,
        [0.0] * 29,
        {"kind": ["firm"] * 29, "region": ["north"] * 20 + ["south"] * 9},
    )
    asked = Peers(
        [1.0, 1.0, 1.0], [0.0] * 3, {"kind": ["firm", "firm", "person"], "region": ["south", "north", "west"]}
    )
    assert TEN.fit(peers).predict(asked)["look_alikes"].tolist() == [29, 20, 29]


def test_those_who_bought_nothing_are_no_measure_but_have_a_wallet() -> None:
    peers = alike([0.0] * 90 + [10.0] * 10, ["firm"] * 100)
    assert TEN.fit(peers).wallet(alike([0.0], ["firm"])).tolist() == [10.0]


def test_stated_wallets_correct_the_ceiling() -> None:
    """All look-alikes spend 10 with us and state 25 in all: the wallet of the others is 25, too."""
    peers = alike([10.0] * 60, ["firm"] * 60, [25.0] * 30 + [0.0] * 30)
    fit = TEN.fit(peers)
    assert (fit.factors, fit.wallet(alike([10.0, 40.0], ["firm", "firm"])).tolist()) == ((2.5, 2.5, 2.5), [25.0, 100.0])


def test_too_few_customers_are_refused() -> None:
    with pytest.raises(WorthbookError, match="Only 9 customers"):
        TEN.fit(alike([5.0] * 9 + [0.0] * 100, ["firm"] * 109))


def test_it_says_that_nobody_stated_a_wallet() -> None:
    assert ["Too few wallets" in caution.en for caution in TEN.fit(alike([5.0] * 10, ["firm"] * 10)).cautions] == [True]


PEERS = st.lists(
    st.tuples(
        st.integers(-5, 60), st.sampled_from(["firm", "person", ""]), st.sampled_from([0.0, 1.0]), st.integers(0, 80)
    ),
    min_size=40,
    max_size=80,
)


def read(rows: list[tuple[int, str, float, int]], scale: float = 1.0) -> Peers:
    spend, kind, tenure, stated = zip(*rows, strict=True)
    return Peers([scale * each for each in (*spend, *[5.0] * 10)], [scale * each for each in (*stated, *[0.0] * 10)], {
        "kind": [*kind, *["firm"] * 10],
        "tenure": [*tenure, *[0.0] * 10],
    })  # fmt: skip


@settings(max_examples=40)
@given(rows=PEERS)
def test_money_may_be_counted_in_other_coins(rows: list[tuple[int, str, float, int]]) -> None:
    once, hundredfold = read(rows), read(rows, 100.0)
    assert 100 * TEN.fit(once).wallet_high(once) == pytest.approx(TEN.fit(hundredfold).wallet_high(hundredfold))


@settings(max_examples=40)
@given(rows=PEERS)
def test_the_order_of_rows_decides_nothing(rows: list[tuple[int, str, float, int]]) -> None:
    peers, turned = read(rows), read(rows[::-1])
    found, again = (TEN.fit(each).wallet(peers).tolist() for each in (peers, turned))
    assert found == again


@settings(max_examples=40)
@given(rows=PEERS)
def test_equal_customers_may_share_a_row(rows: list[tuple[int, str, float, int]]) -> None:
    peers = read(rows)
    doubled = read([*rows, *rows])
    shared = Peers(peers.spend, peers.stated, traits_of(peers), [*[2.0] * len(rows), *[1.0] * 10])
    assert TEN.fit(doubled).wallet(peers).tolist() == TEN.fit(shared).wallet(peers).tolist()


@settings(max_examples=40)
@given(rows=PEERS)
def test_no_wallet_is_below_what_was_spent_nor_outside_its_range(rows: list[tuple[int, str, float, int]]) -> None:
    peers = read(rows)
    found = TEN.fit(peers).predict(peers)
    sorted_ends = np.sort([found["wallet_low"], found["wallet"], found["wallet_high"]], axis=0)
    assert (found["wallet_low"] >= peers.spend).all()
    assert sorted_ends.tolist() == [
        found["wallet_low"].tolist(),
        found["wallet"].tolist(),
        found["wallet_high"].tolist(),
    ]


@settings(max_examples=20)
@given(rows=PEERS)
def test_a_kept_fit_answers_the_same(rows: list[tuple[int, str, float, int]]) -> None:
    peers = read(rows)
    fit = TEN.fit(peers)
    assert LookAlikesFit.from_json(fit.to_json()).wallet(peers).tolist() == fit.wallet(peers).tolist()


def traits_of(peers: Peers) -> dict[str, np.ndarray]:
    """The traits as they were given."""
    return {name: trait.values[trait.place] for name, trait in peers.traits.items()}


def planted(customers: int, seed: int) -> tuple[Peers, np.ndarray]:
    """Wallets by kind and region with noise, shares of them by chance; three in ten state theirs."""
    chance = np.random.default_rng(seed)
    kind, region = chance.integers(0, 3, customers), chance.integers(0, 4, customers)
    wallet = 1000 * (1 + 4 * kind) * (1 + 0.5 * region) * np.exp(chance.normal(0, 0.3, customers))
    spend = wallet * chance.beta(1.5, 1.5, customers)
    stated = np.where(chance.random(customers) < 0.3, wallet, 0.0)
    return Peers(spend, stated, {"kind": kind, "region": region}), wallet


@pytest.mark.parametrize("seed", range(3))
def test_the_range_holds_four_in_five_planted_wallets(seed: int) -> None:
    """Of customers who did not state theirs; 0.04 is three errors of the 1 200 ranks that the range comes from."""
    peers, wallet = planted(4000, seed)
    found = LookAlikes().fit(peers).predict(peers)
    silent = peers.stated == 0
    inside = ((found["wallet_low"] <= wallet) & (wallet <= found["wallet_high"]))[silent].mean()
    assert inside == pytest.approx(0.8, abs=0.04)


def test_planted_wallets_are_hit_in_the_middle() -> None:
    peers, wallet = planted(20_000, 7)
    silent = peers.stated == 0
    assert np.median(LookAlikes().fit(peers).wallet(peers)[silent] / wallet[silent]) == pytest.approx(1, abs=0.03)


def test_without_stated_wallets_the_ceiling_orders_groups_as_planted() -> None:
    peers, wallet = planted(20_000, 8)
    found = LookAlikes().fit(Peers(peers.spend, np.zeros(20_000), traits_of(peers))).wallet(peers)
    kind, region = (traits_of(peers)[name] for name in ("kind", "region"))
    groups = [(kind == each) & (region == other) for each in range(3) for other in range(4)]
    ceilings, medians = ([float(np.median(values[group])) for group in groups] for values in (found, wallet))
    assert np.corrcoef(ceilings, medians)[0, 1] > 0.99
