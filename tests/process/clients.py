"""Callers that keep their connections and forgive nothing: whatever goes wrong once is written down."""

import http.client
import itertools
import json
import threading

from live import SERVICE, bearer

SUPPLIER = bearer("supplier", supplier_id="acme")
CHECK = {"sellerId": "seller-0", "productId": "product-0", "stage": "cart"}


class Caller(threading.Thread):
    """One connection, used again and again until the server says that it ends; a new one only then."""

    def __init__(self, server, number):
        super().__init__()
        self._http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._stopping = threading.Event()
        self._number = number
        self.answers = 0
        self.failures = []

    def call(self, path, body, headers):
        self._http.request("POST", path, json.dumps(body), headers | {"Content-Type": "application/json"})
        answer = self._http.getresponse()
        content = json.loads(answer.read())
        if answer.status not in (200, 201):
            raise AssertionError(f"{answer.status} {content}")
        self.answers += 1
        return content

    def run(self):
        for turn in itertools.count():
            if self._stopping.is_set():
                break
            try:
                self.turn(turn)
            except Exception as error:  # noqa: BLE001 - that is what is counted
                self.failures.append(repr(error))
                self._http.close()
        self._http.close()

    def end(self):
        self._stopping.set()
        self.join()


class Shop(Caller):
    """Asks the gate."""

    def turn(self, _):
        assert self.call("/api/v1/ds/gate/check", CHECK, SERVICE)["mode"] == "ENFORCED"


class Trade(Caller):
    """A seller who asks for a product, the supplier who asks back, and the seller who thinks better of it."""

    def turn(self, _):
        me = bearer("seller", seller_id=f"seller-{self._number}")
        id = self.call("/api/v1/ds/seller/products/product-0/request", {}, me)["id"]
        note = {"note": "How many do you sell?"}
        self.call(f"/api/v1/ds/supplier/authorizations/{id}/ask-info", note, SUPPLIER)
        self.call("/api/v1/ds/seller/products/product-0/cancel", {}, me)


class Load:
    """Callers at work while this is entered; `failures` are those of all."""

    def __init__(self, server, *, shops, trades):
        self._callers = [Shop(server, number) for number in range(shops)]
        self._callers += [Trade(server, number) for number in range(trades)]

    @property
    def failures(self):
        return [failure for caller in self._callers for failure in caller.failures]

    @property
    def fewest_answers(self):
        return min(caller.answers for caller in self._callers)

    def __enter__(self):
        for caller in self._callers:
            caller.start()
        return self

    def __exit__(self, *_):
        for caller in self._callers:
            caller.end()
