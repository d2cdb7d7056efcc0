"""Accounts, registers and a fee settled in a stablecoin as files: what comes in by import is what the desk answers."""

from __future__ import annotations

from pathlib import Path

from custody_books import DAY, sleeve
from driving import run_json, written

FILES = {
    "accounts.csv": "account,institution,currency,form,book,owner\n"
                    "K,Central bank,KZT,cbdc,sleeve,Middle office 2\nD,Bank T,,securities,tech,Middle office 1\n",
    "parties.csv": "party,name,kind,country,status,valid_from,source\n"
                   "pp-1,Payment provider 1,payment_provider,KZ,active,2024-01-01,register\n"
                   "cust-k,Custodian K,coin_custodian,US,active,2024-01-01,register\n",
    "party_roles.csv": "party,role,subject,share,valid_from,source\n"
                       "cust-k,coin_custodian,IBIT,0.5,2024-01-01,prospectus\n",
    "licences.csv": "party,number,authority,activity,valid_from,valid_to,status,source\n"
                    "pp-1,L-7,Authority,payments,2024-01-01,2026-12-31,active,register\n"
                    "cust-k,L-8,Authority,custody,2024-01-01,2025-06-30,active,register\n",
    "transactions.csv": "trade_date,settle_date,type,symbol,quantity,price,currency,fees,taxes,account,reference,"
                        "provider,licence,token,token_amount,rate_to_par,par_reference\n"
                        f"{DAY},{DAY},fee,,499.90,1,USD,0,0,C,FEE-1,pp-1,L-7,USDC,500,0.9998,fixing 1\n",
}


def test_registers_accounts_and_a_stablecoin_fee_come_as_files(tmp_path: Path) -> None:
    book = tmp_path / "b.sandyq"
    with sleeve(book):
        pass
    files = [written(tmp_path / name, text) for name, text in FILES.items()]
    batches = run_json("import", book, *files)["batches"]
    assert [(batch["new"], batch["superseding"], batch["refused"]) for batch in batches][:4] == [
        (1, 1, 0), (2, 0, 0), (1, 0, 0), (2, 0, 0)], batches
    (fee,) = run_json("stablecoin-fees", book, "--as-of", DAY)["fees"]
    assert (fee["provider"], fee["booked_usd"], fee["cost_usd"], fee["findings"]) == ("pp-1", "499.90", "499.90", [])
    accounts = {item["account"]: item for item in run_json("accounts", book, "--as-of", DAY, "--book", "*")["accounts"]}
    assert (accounts["K"]["form"], accounts["K"]["currency"], accounts["D"]["book"]) == ("cbdc", "KZT", "tech")
    assert {item["currency"] for item in accounts.values()} == {"USD", "KZT"}
    parties = {item["party"]: item for item in run_json("parties", book, "--as-of", DAY)["parties"]}
    assert [finding["code"] for finding in parties["cust-k"]["findings"]] == ["licence-expired"]
    assert parties["pp-1"]["findings"] == []
    (link,) = run_json("entity", book, "Custodian K", "--as-of", DAY)["links"]
    assert (link["role"], link["source"]) == ("coin_custodian", "prospectus")
    assert [item["name"] for item in run_json("books", book)["books"]] == ["sleeve", "tech"]
