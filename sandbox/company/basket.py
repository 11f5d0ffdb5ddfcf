"""What is sold in one deal: a few products at the price book's price, some of them with a discount."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from random import Random

from sandbox.company.model import Line
from sandbox.company.org import PRODUCTS, list_price

_SMB_PRODUCTS = (1, 2, 3, 6, 7, 11, 12, 15, 18, 19, 20)
_ENTERPRISE_PRODUCTS = (3, 4, 5, 8, 9, 10, 13, 14, 16, 17)
_SMB_WEIGHTS = (6, 7, 3, 4, 3, 2, 4, 2, 3, 1, 1)
_ENTERPRISE_WEIGHTS = (1, 6, 4, 2, 3, 2, 4, 3, 2, 3)
_DISCOUNTS = (0, 0, 0, 0, 5, 10, 10, 15, 20)


def basket(
    rng: Random,
    key: Callable[[], int],
    segment: str,
    currency: str,
    at: datetime,
    *,
    has_coupon: bool,
) -> list[Line]:
    """One to three lines. A coupon is worth a tenth, unless the discount is larger anyway."""
    smb = segment == "smb"
    products, weights = (
        (_SMB_PRODUCTS, _SMB_WEIGHTS) if smb else (_ENTERPRISE_PRODUCTS, _ENTERPRISE_WEIGHTS)
    )
    chosen = sorted(set(rng.choices(products, weights, k=1 + int(rng.random() * 3))))
    found = []
    for product_key in chosen:
        quantity = 1 + int(rng.random() * (3 if smb else 2))
        discount = Decimal(max(_DISCOUNTS[int(rng.random() * len(_DISCOUNTS))], 10 * has_coupon))
        price = list_price(PRODUCTS[product_key - 1], currency)
        amount = (quantity * price * (100 - discount) / 100).quantize(Decimal("0.01"))
        found.append(Line(key(), product_key, quantity, price, discount, amount, at))
    return found
