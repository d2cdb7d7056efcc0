"""`risk` and `stress` as a person types them, on the demo, on real market data and on an empty book."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workstation"))

from driving import BOOKINGS, made, run, run_json

from sandyq.basics.origin import Origin
from sandyq.limits.result import Order
from sandyq.reference.events import Event, EventType
from sandyq.risk.proxies import Proxy
from sandyq.workstation.contract import Question
from sandyq.workstation.picture import Picture
from sandyq.workstation.workstation import Workstation


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(run_json("demo", tmp_path_factory.mktemp("risk") / "d", "--no-window")["book"])


@pytest.fixture(scope="session")
def answer(demo: Path) -> dict[str, Any]:
    return run_json("risk", demo, "--paths", "2000")


def test_every_figure_says_method_window_scenarios_tail_and_proxies(answer: dict[str, Any]) -> None:
    assert {(item["days"], item["level"], item["method"]) for item in answer["tails"]} == {
        (days, level, method) for days in (1, 10) for level in (0.95, 0.975, 0.99)
        for method in ("historical", "filtered")}
    one_day = next(item for item in answer["tails"] if (item["days"], item["level"]) == (1, 0.99))
    assert (one_day["scenarios"], one_day["tail"]) == (500, 5)
    assert Decimal(one_day["expected_shortfall_usd"]) > Decimal(one_day["value_at_risk_usd"]) > 0
    assert answer["conventions"]["quantile"] == "order_statistic"
    assert answer["conventions"]["window"] == 500


def test_the_fifth_worst_day_is_the_value_at_risk_and_its_lines_sum_to_it(answer: dict[str, Any]) -> None:
    filtered = next(item for item in answer["tails"] if (item["days"], item["level"], item["method"]) == (
        1, 0.99, "filtered"))
    fifth = answer["worst_days"][4]
    assert fifth["loss_usd"] == filtered["value_at_risk_usd"]
    assert sum(Decimal(line["gain_usd"]) for line in fifth["lines"]) == pytest.approx(-Decimal(fifth["loss_usd"]),
                                                                                     abs=Decimal("0.10"))


def test_the_normal_figure_stands_beside_for_comparison(answer: dict[str, Any]) -> None:
    normal = answer["normal"]
    assert Decimal(normal["value_at_risk_usd"]["0.99"]) / Decimal(normal["deviation_usd"]) == pytest.approx(
        Decimal("2.3263478740"), rel=Decimal("1e-7"))


def test_the_demo_has_figures_for_the_limits_on_risk(demo: Path, answer: dict[str, Any]) -> None:
    limits = {item["id"]: item for item in run_json("limits", demo, exits=(0, 3))["limits"]}
    assert limits["L27"]["state"] in {"ok", "warning"}
    assert limits["L28"]["state"] in {"ok", "warning"}
    filtered = next(item for item in answer["tails"] if (item["days"], item["level"], item["method"]) == (
        1, 0.99, "filtered"))
    assert Decimal(limits["L27"]["value"]) == pytest.approx(Decimal(filtered["value_at_risk_usd"]), rel=Decimal("1e-6"))
    worst = min((item for item in run_json("stress", demo)["scenarios"]), key=lambda item: Decimal(item["gain_usd"]))
    assert limits["L28"]["group"] == worst["id"]


def test_the_early_warning_names_its_draw_and_every_limit(answer: dict[str, Any], demo: Path) -> None:
    warning = answer["early_warning"]
    assert (warning["paths"], warning["horizon"], warning["block"], warning["seed"]) == (2000, 10, 5, 1)
    assert len(warning["limits"]) == len(run_json("limits", demo, exits=(0, 3))["limits"])
    for item in warning["limits"]:
        known = item["outlook"] in {"simulated", "near", "beyond"}
        assert (item["probability"] is not None) == known
    again = run_json("risk", demo, "--paths", "2000")["early_warning"]
    assert again == warning
    other = run_json("risk", demo, "--paths", "2000", "--seed", "2")["early_warning"]
    assert other["limits"] != warning["limits"]


def test_an_order_shows_its_effect_on_risk_and_on_the_way_out(demo: Path) -> None:
    found = run_json("risk", demo, "--no-warning", "--order", "buy 3000000 BITB @ 60")["effects"]
    for item in found["tails"]:
        assert Decimal(item["after"]["value_at_risk_usd"]) > Decimal(item["before"]["value_at_risk_usd"])
    assert found["days_to_sell_95"]["after"] > found["days_to_sell_95"]["before"]


def test_what_an_order_does_is_answered_while_one_types(demo: Path) -> None:
    with Workstation.open(demo, actor="Risk 1") as station:
        q = Question(station.latest_day())
        first = station.risk.effects(q, (Order("buy", Decimal(1), "IBIT", Decimal(60)),))
        again = station.risk.effects(q, (Order("sell", Decimal(1), "IBIT", Decimal(60)),))
    assert first.tails[0].before == again.tails[0].before
    before = first.tails[0].before.value_at_risk or 0
    assert (again.tails[0].after.value_at_risk or 0) < before < (first.tails[0].after.value_at_risk or 0)


def test_a_shock_of_ones_own_says_for_each_line_how_it_was_derived(demo: Path) -> None:
    found = run_json("stress", demo, "--shock", "BTC=-30%", "--shock", "ETH=-40%", "--shock",
                     "kind:treasury_company=-20%")["scenarios"][0]
    lines = {line["symbol"]: line for line in found["lines"]}
    assert (lines["IBIT"]["move"], lines["IBIT"]["derived"]) == (-0.3, "coin")
    assert (lines["ETHA"]["move"], lines["ETHA"]["derived"]) == (-0.4, "coin")
    assert (lines["MSTR"]["move"], lines["MSTR"]["derived"]) == (-0.2, "kind")
    assert lines["COIN"]["derived"] == "beta"
    assert Decimal(found["gain_usd"]) == pytest.approx(sum(Decimal(line["gain_usd"]) for line in found["lines"]),
                                                     abs=Decimal("0.1"))


def test_a_coin_of_which_nothing_is_known_keeps_the_whole_stress_unknown(demo: Path) -> None:
    found = run_json("stress", demo, "--shock", "BTC=-30%")["scenarios"][0]
    assert found["gain_usd"] is None
    assert [line["symbol"] for line in found["lines"] if line["gain_usd"] is None] == ["ETHA"]


def test_the_reverse_question_in_dollars_and_in_basis_points(demo: Path) -> None:
    dollars = run_json("stress", demo, "--loss", "100_000_000")["reverse"]
    assert 0.3 < dollars["fall"] < 0.4
    assert Decimal(dollars["result"]["gain_usd"]) <= -100_000_000
    points = run_json("stress", demo, "--bp", "10")["reverse"]
    assert points["fall"] < dollars["fall"]
    assert run_json("stress", demo, "--loss", "900000000")["reverse"]["fall"] is None


@pytest.mark.parametrize(("words", "code"), [
    (("stress", "--shock", "BTC=lots"), "bad-shock"), (("stress", "--scenario", "none"), "no-scenario"),
    (("stress", "--bp", "5", "--series", "moon"), "reserves-missing"),
    (("risk", "--no-warning", "--order", "buy 1 ZZZZ @ 1"), "unknown-symbol"),
    (("risk", "--order", "some"), "bad-order")])
def test_bad_input_says_what_is_wrong(demo: Path, words: tuple[str, ...], code: str) -> None:
    command, *rest = words
    assert run_json(command, demo, *rest, exits=(1,))["error"]["code"] == code


def test_an_empty_book_answers_in_sentences(tmp_path: Path) -> None:
    book = made(tmp_path / "empty.sandyq")
    assert {item["value_at_risk_usd"] for item in run_json("risk", book)["tails"]} == {"0.00"}
    assert run("risk", book).exit_code == 0
    assert run("stress", book).exit_code == 0
    assert run_json("stress", book, "--loss", "5")["reverse"]["fall"] is None


def test_the_plain_answers_read(demo: Path) -> None:
    told = run("risk", demo, "--paths", "500").stdout
    assert "5 of 500 scenarios" in told
    assert "probability of a breach within 10 trading days: 500 paths" in told
    assert "winter-2022" in run("stress", demo).stdout
    assert "A fall of all coins by" in run("stress", demo, "--loss", "1000000").stdout


@pytest.mark.parametrize("key", ["limits/L27/value", "limits/L28/value"])
def test_a_limit_on_risk_unfolds_to_its_scenarios_and_its_lines(demo: Path, key: str) -> None:
    told = run("explain", demo, key).stdout
    assert "IBIT under winter-2022" in told or "500 scenarios since" in told


@pytest.mark.data
def test_on_real_data_of_november_2025_the_limits_on_risk_are_known_and_young_funds_are_told_as_proxied(
        shared_data: Path, tmp_path: Path) -> None:
    book = made(tmp_path / "real.sandyq")
    run_json("import", book, *sorted(shared_data.glob("*.csv")))
    kept = [line for line in BOOKINGS.read_text().splitlines(keepends=True) if ",FBTC," not in line
            and ",BLOK," not in line]
    (tmp_path / "bookings.csv").write_text("".join(kept))
    run_json("import", book, tmp_path / "bookings.csv")
    limits = run_json("limits", book, "--as-of", "2025-11-28", exits=(0, 3))["limits"]
    states = {item["id"]: item["state"] for item in limits}
    assert "unknown" not in {states["L27"], states["L28"]}
    found = run_json("risk", book, "--as-of", "2025-11-28", "--no-warning")
    lines = {line["symbol"]: line for line in found["lines"]}
    assert lines["IBIT"]["proxies"] == [{"proxy": "coin", "title": "coin less fee", "days": 500 - 472}]
    assert lines["COIN"]["proxied"] == 0
    early = run_json("risk", book, "--as-of", "2024-01-31", "--no-warning")
    assert {line["symbol"]: line["proxied"] for line in early["lines"]}.get("IBIT", 1) > 0.9


def test_what_is_known_later_of_later_days_changes_no_scenario_of_an_earlier_day(demo: Path) -> None:
    with Workstation.open(demo, actor="Risk 1") as station:
        day = station.latest_day() - timedelta(days=90)
        known = station.knowledge()
        cut = day.toordinal()
        market = replace(known.market, prices={n: _until(series, cut) for n, series in known.market.prices.items()},
                         coins={name: _until(series, cut) for name, series in known.market.coins.items()})
        now, then = (Picture(each, day, state=station.picture(Question(day)).state) for each in (
            known, replace(known, market=market)))
        amounts = {row.symbol: float(row.market_value or 0) for row in now.snapshot.rows}
        for days in (1, 10):
            early, late = (each.risk.tails.risk(amounts, days, Decimal("0.99")) for each in (then, now))
            assert early == late
            assert early.value_at_risk is not None


def _until(series: Any, ordinal: int) -> Any:
    """Return a series without its rows after a day."""
    stop = sum(day <= ordinal for day in series.days)
    columns = {name: getattr(series, name)[:stop] for name in series.__dataclass_fields__ if name not in {
        "symbol", "currency", "asset", "splits"}}
    return replace(series, **columns)


def test_a_mandate_with_scenarios_of_its_own_is_stressed_by_those(demo: Path, tmp_path: Path) -> None:
    from sandyq_resources import text

    file = tmp_path / "own.toml"
    file.write_text(text("mandates", "example.toml") + '\n[[scenario]]\nid = "board"\ntitle = {en = "Board"}\n'
                    'coin = {"*" = -0.5}\n')
    book = made(tmp_path / "own.sandyq", file)
    found = run_json("stress", book)
    assert [item["id"] for item in found["scenarios"]] == ["board"]
    assert found["library"] == "mandate"
    assert len(run_json("stress", demo)["library"]) == 64


def test_the_day_of_a_spin_off_is_no_loss_but_a_proxied_day(demo: Path) -> None:
    with Workstation.open(demo, actor="Risk 1") as station:
        known, day = station.knowledge(), station.latest_day()
        plain = Picture(known, day).risk.tails
        ex_date = date.fromordinal(int(plain.days[-40]))
        held = known.directory.candidates("IBIT", day)[0]
        event = Event("E1", EventType.SPIN_OFF, held.id, ex_date, None, {}, Origin(1, 1))
        told = Picture(replace(known, events=(*known.events, event)), day).risk.tails.track("IBIT")
        before = plain.track("IBIT")
    assert told is not None
    assert before is not None
    assert before.codes[-40] == Proxy.OWN != told.codes[-40]
    assert told.returns[-40] != before.returns[-40]
