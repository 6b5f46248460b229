"""A book with a list of customers, read by a mapping of the test's own."""

from __future__ import annotations

from pathlib import Path

from worthbook.services.ingest_files import ingest_files

MAPPING = """\
mapping: people_list
title: {en: A list of people, zh: 人员名单}
description: {en: For tests., zh: 仅供测试。}
source: test
fields:
  id: {names: [person], unit: id, needed: true}
  name: {names: [name]}
  phone: {names: [phone]}
  email: {names: [email]}
  code: {names: [code], unit: id}
  born: {names: [born], unit: date}
  kind: {names: [kind]}
feeds:
  - table: customers
    columns: {customer_id: id, name: name, phone: phone, email: email, credit_code: code, born_on: born, kind: kind}
"""
HEADER = "person,name,phone,email,code,born,kind"


def people_book(folder: Path, people: str, orders: str = "") -> Path:
    """The folder of a book with these customers and, where given, orders."""
    home = folder / "shop.book"
    (folder / "people.csv").write_text(f"{HEADER}\n{people}", encoding="utf-8")
    files = [folder / "people.csv"]
    if orders:
        (folder / "orders.csv").write_text(f"customer_id,date,amount,order_id\n{orders}", encoding="utf-8")
        ingest_files([folder / "orders.csv"], home)
    else:
        from worthbook.data.book import Book  # noqa: PLC0415

        Book.create(home, "Shop")
    (home / "definitions").mkdir(exist_ok=True)
    (home / "definitions" / "people_list.yaml").write_text(MAPPING, encoding="utf-8")
    ingest_files(files, home, mapping="people_list")
    return home
