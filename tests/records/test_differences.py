"""What two moments say about one day: the facts in between, and each cause's part of the change (F027, F072, J11)."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from desks import DAY, at_work, small
from driving import copied, run, run_json, written
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandyq.workstation.contract import Question
from sandyq.workstation.recorded import Cause, Difference
from sandyq.workstation.workstation import Workstation

KZT = "date,base,quote,rate,frequency\n2025-10-03,USD,KZT,540,daily\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("first")
    file = small(folder / "b")
    run_json("import", file, written(folder / "fx.csv", KZT))
    return file


@pytest.fixture
def book_file(first: Path, tmp_path: Path) -> Path:
    return copied(first, tmp_path / "b.sandyq")


def last_moment(file: Path) -> datetime:
    with Workstation.open(file, actor="Auditor 1") as station:
        return station.journal(Question(DAY))[-1].known_at


def asked(file: Path, known_from: datetime, known_to: datetime | None = None, day: date = DAY) -> Difference:
    with Workstation.open(file, actor="Auditor 1") as station:
        return station.records.difference(day, known_from, known_to, "sleeve")


def import_rows(file: Path, name: str, text: str) -> None:
    answer = run_json("import", file, written(file.parent / name, text))
    assert all(not batch["refused"] for batch in answer["batches"]), answer


def change(file: Path, cause: Cause, step: int = 0) -> None:
    """Plant one change of a cause."""
    match cause:
        case Cause.TRADE:
            with at_work(file) as station:
                station.records.correct("T-1", {"quantity": str(900 + step)}, "Part fill")
        case Cause.PRICE:
            import_rows(file, f"p{step}.csv", f"date,symbol,close,currency,basis\n2025-10-06,IBIT,{65 + step},USD,T\n")
        case Cause.COIN_PRICE:
            import_rows(file, f"c{step}.csv", f"date,asset,close_usd\n2025-10-06,BTC,{125000 + step}\n")
        case Cause.FX:
            import_rows(file, f"f{step}.csv",
                        f"date,base,quote,rate,frequency\n2025-10-03,USD,KZT,{541 + step},daily\n")
        case Cause.LOOK_THROUGH:
            import_rows(file, f"h{step}.csv", "date,symbol,asset,coins,shares_outstanding,coins_per_share,source\n"
                                              f"2025-10-03,FBTC,BTC,{270 + step},300000,,Issuer\n")
        case Cause.CORPORATE_ACTION:
            import_rows(file, f"s{step}.csv", f"symbol,ex_date,new_shares,old_shares\nIBIT,2025-10-0{3 - step},2,1\n")
        case Cause.MANDATE:
            text = (file.parent / "mandate.toml").read_text() if (file.parent / "mandate.toml").exists() else ""
            import_rows(file, f"m{step}.toml", text)
        case _:
            raise AssertionError(cause)


def causes(found: Difference) -> set[Cause]:
    return {cause for figure in found.figures for cause, _ in figure.parts}


FIVE = (Cause.TRADE, Cause.PRICE, Cause.COIN_PRICE, Cause.FX, Cause.CORPORATE_ACTION)


def test_five_planted_changes_name_exactly_these_five_causes(book_file: Path) -> None:
    before = last_moment(book_file)
    for cause in FIVE:
        change(book_file, cause)
    found = asked(book_file, before)
    assert causes(found) == set(FIVE)
    assert {fact.cause for fact in found.facts} == set(FIVE)
    value = next(figure for figure in found.figures if figure.key == "totals/market_value_usd")
    assert value.old == 800 * 70 + 500 * 108
    assert value.new == 2 * (900 - 200) * 65 + 500 * 108
    assert sum(part or 0 for _, part in value.parts) == value.new - value.old
    # Trades first at the old price and units, then the split at the old price, then the price.
    assert dict(value.parts) == {Cause.TRADE: Decimal(-100 * 70), Cause.CORPORATE_ACTION: Decimal(700 * 70),
                                 Cause.PRICE: Decimal(1400 * -5)}
    kzt = dict(next(figure for figure in found.figures if figure.key == "totals/market_value_kzt").parts)
    assert kzt[Cause.FX] == value.new


@pytest.mark.parametrize("cause", [*FIVE, Cause.LOOK_THROUGH])
def test_one_change_names_one_cause(book_file: Path, cause: Cause) -> None:
    before = last_moment(book_file)
    change(book_file, cause)
    assert causes(asked(book_file, before)) == {cause}


def test_a_fact_tells_who_when_why_old_and_new(book_file: Path) -> None:
    before = last_moment(book_file)
    change(book_file, Cause.PRICE)
    with at_work(book_file, "Middle office 2") as station:
        station.records.correct("T-2", {"price": "91"}, "Broker's confirmation")
        station.roll_back(station.journal(Question(DAY))[-2].seq, "Wrong file")
        found = station.records.difference(DAY, before, None, "sleeve")
        back = station.records.difference(DAY, station.journal(Question(DAY))[-2].known_at, None, "sleeve")
    trade, = found.facts
    assert (trade.table, trade.key, trade.how, trade.actor) == ("booking", "T-2", "superseded", "Middle office 2")
    assert (trade.old, trade.new, trade.reason) == ("price 90", "price 91", "Broker's confirmation")
    restored, = back.facts
    assert (restored.how, restored.old, restored.new, restored.reason) == ("restored", "close 65", "close 70",
                                                                         "Wrong file")
    assert causes(back) == {Cause.PRICE}


def test_a_purchase_of_a_new_instrument_is_a_trade_and_not_a_price(book_file: Path) -> None:
    before = last_moment(book_file)
    import_rows(book_file, "i.csv", "symbol,name,kind,underlying,issuer,exchange,mic,fee_pct,currency\n"
                                    "GBTC,Trust,spot_etf,BTC:1.00,Issuer G,ARCX,ARCX,1.5,USD\n")
    import_rows(book_file, "p.csv", "date,symbol,close,currency,basis\n2025-10-06,GBTC,90,USD,T\n")
    import_rows(book_file, "t.csv", "trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,"
                                    "reference\n2025-10-03,2025-10-06,buy,GBTC,100,88,USD,0,0,C,N-1\n")
    found = asked(book_file, before)
    value = next(figure for figure in found.figures if figure.key == "totals/market_value_usd")
    assert dict(value.parts) == {Cause.TRADE: Decimal(9000)}


def test_facts_about_later_days_do_not_count(book_file: Path) -> None:
    before = last_moment(book_file)
    change(book_file, Cause.PRICE)
    found = asked(book_file, before, day=date(2025, 10, 3))
    assert not found.facts
    assert all(figure.old == figure.new for figure in found.figures)


def test_an_unknown_figure_has_no_parts_but_its_causes(book_file: Path) -> None:
    with at_work(book_file) as station:
        station.roll_back(next(entry.seq for entry in station.journal(Question(DAY))
                               if entry.payload.get("kind") == "prices"), "To be brought again")
    before = last_moment(book_file)
    change(book_file, Cause.PRICE)
    import_rows(book_file, "again.csv", "date,symbol,close,currency,basis\n2025-10-06,FBTC,108,USD,T\n")
    value = next(figure for figure in asked(book_file, before).figures if figure.key == "totals/market_value_usd")
    assert (value.old, value.new) == (None, Decimal(800 * 65 + 500 * 108))
    assert value.parts == ((Cause.PRICE, None),)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow,
                                                                HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([Cause.TRADE, Cause.PRICE, Cause.COIN_PRICE, Cause.FX, Cause.LOOK_THROUGH]),
                min_size=1, max_size=4))
def test_parts_sum_to_the_change_and_no_moment_sees_what_came_later(first: Path, order: list[Cause]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = copied(first, Path(folder) / "b.sandyq")
        moments, answers = [last_moment(file)], [said(file)]
        for step, cause in enumerate(order):
            change(file, cause, step)
            moments.append(last_moment(file))
            answers.append(said(file))
        for moment, answer in zip(moments, answers, strict=True):
            assert said(file, moment) == answer
        for earlier in moments[:-1]:
            for figure in asked(file, earlier).figures:
                if figure.old is not None and figure.new is not None:
                    with localcontext(Context(prec=120)):
                        assert sum(part or Decimal(0) for _, part in figure.parts) == figure.new - figure.old
                    assert Cause.RESIDUAL not in dict(figure.parts)


def said(file: Path, moment: datetime | None = None) -> tuple[str, str]:
    with Workstation.open(file, actor="Auditor 1") as station:
        moment = moment or station.journal(Question(DAY))[-1].known_at
        found = station.records.replay(Question(DAY, moment))
    return found.content_hash, found.text


def test_equal_questions_give_the_same_hash(book_file: Path) -> None:
    moment = last_moment(book_file).astimezone(UTC).isoformat()
    first = run_json("replay", book_file, "--as-of", DAY, "--known-at", moment)
    change(book_file, Cause.PRICE)
    again = run_json("replay", book_file, "--as-of", DAY, "--known-at", moment)
    later = run_json("replay", book_file, "--as-of", DAY)
    assert again == first
    assert later["said_hash"] != first["said_hash"]
    assert run("replay", book_file, "--as-of", DAY, "--known-at", moment).output.startswith(first["hash"])


def test_the_auditor_asks_what_was_believed_and_whether_the_file_was_touched(book_file: Path) -> None:
    """J11 by command: the old figure, the difference with its cause, and the chain."""
    moment = last_moment(book_file).astimezone(UTC).isoformat()
    old = run_json("holdings", book_file, "--as-of", DAY)["totals"]["market_value_usd"]
    change(book_file, Cause.PRICE)
    believed = run_json("holdings", book_file, "--as-of", DAY, "--known-at", moment)
    assert believed["totals"]["market_value_usd"] == old
    answer: dict[str, Any] = run_json("diff", book_file, "--as-of", DAY, "--from", moment)
    assert answer["causes"] == ["price"]
    fact, = answer["facts"]
    assert (fact["key"], fact["file"], fact["line"]) == ("IBIT 2025-10-06 close", "p0.csv", 2)
    words = run("diff", book_file, "--as-of", DAY, "--from", moment).output
    assert "Prices" in words
    assert "IBIT" in words
    assert run_json("verify", book_file)["holds"]


def test_why_is_this_figure_what_it_is(book_file: Path) -> None:
    """J4 by command: quantity, price and lots down to file, line, moment and person, after a correction too."""
    run_json("correct", book_file, "T-1", "--set", "price=51", "--reason", "Confirmation", "--actor", "Analyst 2")
    tree = run_json("explain", book_file, "holdings/IBIT/cost_usd", "--as-of", DAY)
    assert Decimal(tree["value"]) == 800 * 51
    assert "Analyst 2" in str(tree)
