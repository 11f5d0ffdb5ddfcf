"""Contracts, orders and returns in Salesforce."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from sandbox.company.dates import add_months, business_day
from sandbox.company.identity import salesforce_id
from sandbox.company.model import Contract, Line, Order
from sandbox.company.salesforce_life import SalesforceLife
from sandbox.company.salesforce_org import CORPORATE_CURRENCY
from sandbox.company.salesforce_values import Fields, number, stamp

_CENT = Decimal("0.01")


def contracts(view: SalesforceLife) -> Iterator[NamedTuple]:
    for contract in view.life.contracts:
        if contract.activated_at <= view.at:
            yield _contract(view, contract)


def orders(view: SalesforceLife) -> Iterator[NamedTuple]:
    currencies = {deal.key: deal.currency for deal in view.life.deals}
    for order in view.life.orders:
        if order.created_at <= view.at:
            currency = currencies.get(order.deal_key, CORPORATE_CURRENCY)
            yield from _order(view, order, currency)


def _contract(view: SalesforceLife, contract: Contract) -> NamedTuple:
    """The last day counts. Somebody who leaves early gets an earlier last day, not a status."""
    last = add_months(contract.starts_on, contract.months) - timedelta(days=1)
    ended = contract.terminated_at if view.happened(contract.terminated_at) else None
    if ended:
        last = min(last, business_day(ended))
    fields: Fields = {
        "AccountId": view.account(contract.company_key),
        "ContractNumber": f"{contract.key:08d}",
        "Status": "Activated",
        "StatusCode": "Activated",
        "StartDate": contract.starts_on.isoformat(),
        "EndDate": last.isoformat(),
        "ContractTerm": contract.months,
        "ActivatedDate": stamp(contract.activated_at),
        "OwnerId": _owner(view, contract.company_key),
    }
    return view.record(
        "Contract",
        salesforce_id("800", contract.key),
        contract.activated_at,
        max([contract.activated_at, *view.past(ended), *view.moves(contract.company_key, None)]),
        fields,
    )


def _order(view: SalesforceLife, order: Order, currency: str) -> Iterator[NamedTuple]:
    record_id = salesforce_id("801", order.key)
    # What comes back is an order of its own, with everything negative.
    sign = -1 if order.returns is not None else 1
    total = sum((line.amount for line in order.lines), Decimal(0)) * sign
    fields: Fields = {
        "AccountId": view.account(order.company_key),
        "OpportunityId": view.opportunities.get(order.deal_key),
        "ContractId": None
        if order.contract_key is None
        else salesforce_id("800", order.contract_key),
        "OrderNumber": f"{order.key:08d}",
        "EffectiveDate": order.effective_on.isoformat(),
        "Status": "Activated",
        "StatusCode": "Activated",
        "TotalAmount": number(total),
        "CurrencyIsoCode": currency,
        "Type": "Return" if sign < 0 else "New",
        "IsReductionOrder": sign < 0,
        "OriginalOrderId": None if order.returns is None else salesforce_id("801", order.returns),
    }
    modified = max([order.created_at, *view.moves(order.company_key, None)])
    yield view.record("Order", record_id, order.created_at, modified, fields)
    for line in order.lines:
        yield _item(view, order, line, record_id, sign)


def _item(view: SalesforceLife, order: Order, line: Line, order_id: str, sign: int) -> NamedTuple:
    price = line.unit_price
    if line.quantity:
        price = (line.amount / line.quantity).quantize(_CENT, ROUND_HALF_UP)
    fields: Fields = {
        "OrderId": order_id,
        "Product2Id": salesforce_id("01t", line.product_key),
        "Quantity": number(line.quantity * sign),
        "UnitPrice": number(price),
        "TotalPrice": number(line.amount * sign),
    }
    created = order.created_at
    return view.record("OrderItem", salesforce_id("802", line.key), created, created, fields)


def _owner(view: SalesforceLife, company_key: int) -> str:
    for company in view.life.companies:
        if company.key == company_key:
            return view.org.user(company.owner.at(view.at))
    return view.org.user(None)
