"""A marketplace of a million authorizations, made by the server itself in one go."""

import zlib
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import psycopg

from sellergate.adapters.sql.window_codec import encode
from sellergate.domain.gate import Mode, Reason, Stage
from sellergate.domain.measurements import Counted, Measurement

SUPPLIERS, SELLERS, PRODUCTS, EACH = 1_000, 100_000, 20_000, 10
AUTHORIZATIONS = SELLERS * EACH
BUSY, USUAL = "supplier-0", "supplier-1"
"""The supplier with 100,000 requests that wait, and one with 500."""
PENDING: Final = {BUSY: 100_000, USUAL: 500}
EVENTS, NOTICES, DENIALS, CHANGES, KEYS, MESSAGES = 100_000, 50_000, 50_000, 30_000, 30_000, 50_000
GATES, WINDOWS, MINUTES, HOURS, VERDICTS, TRIALS = 8, 2_160, 20_160, 9_600, 5_000, 2_000
"""Eight gates have measured for six hours; minutes of a fortnight, hours of 400 days, and verdicts of a month."""

NOON: Final = "timestamptz '2026-03-01 12:00Z'"

_DIRECTORY: Final = f"""
    INSERT INTO suppliers (id, name, is_test, is_partner, version)
    SELECT 'supplier-' || n, 'Supplier ' || n, false, n % 10 = 0, 1 FROM generate_series(0, {SUPPLIERS - 1}) n;

    INSERT INTO sellers (id, name, tier, status, user_id, version)
    SELECT 'seller-' || n, 'Seller ' || n,
        (ARRAY['BRONZE', 'BRONZE', 'BRONZE', 'BRONZE', 'BRONZE', 'SILVER', 'SILVER', 'SILVER', 'GOLD', 'PLATINUM'])[1 + n % 10],
        CASE WHEN n % 50 = 7 THEN 'SUSPENDED' ELSE 'ACTIVE' END, 'user-' || n, 1
    FROM generate_series(0, {SELLERS - 1}) n;

    INSERT INTO products (id, name, supplier_id, active, sku, monthly_orders, daily_views, top_seller, version, searchable)
    SELECT 'product-' || n, name, 'supplier-' || (n * 31 % {SUPPLIERS}), n % 20 <> 3, 'sku-' || n, n % 1000, n % 700, false, 1,
        'product-' || n || chr(10) || lower(name) || chr(10) || 'sku-' || n
    FROM generate_series(0, {PRODUCTS - 1}) n, LATERAL (SELECT 'Thing of kind ' || (n * 7919 % 1000) || ' no ' || n) AS t (name);
"""

# Ten products a seller. A hash decides what became of each request, so that nothing hangs together by accident. The first
# records belong to the two suppliers and wait.
_AUTHORIZATIONS: Final = """
    INSERT INTO authorizations (id, seller_id, product_id, supplier_id, status, version, requested_at, updated_at,
        business_justification, decided_at, decided_by, expires_at, approved_at, approved_by, cooldown_until)
    SELECT 'auth-' || n, 'seller-' || (n / {each}), 'product-' || product,
        CASE WHEN n < {busy} THEN 'supplier-0' WHEN n < {waiting} THEN 'supplier-1'
            ELSE 'supplier-' || (2 + product * 31 % {suppliers}) END,
        status, 1 + dice % 3, at, at + interval '1 day', 'We sell this well.',
        CASE WHEN status IN ('APPROVED', 'REJECTED', 'REVOKED') THEN at + interval '1 day' END, 'user-1',
        CASE WHEN status = 'APPROVED' AND dice % 7 = 0 THEN at + make_interval(days => 370 + dice % 400) END,
        CASE WHEN status = 'APPROVED' THEN at + interval '1 day' END, 'user-1',
        CASE WHEN status = 'REJECTED' THEN at + interval '31 days' END
    FROM generate_series(0, {count} - 1) n,
        LATERAL (SELECT hashint4(n) & 1048575 AS dice, (n / {each} * 37 + n % {each} * 1999) % {products} AS product) AS d,
        LATERAL (SELECT CASE WHEN n < {waiting} THEN 'REQUESTED'
            ELSE (ARRAY['APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'APPROVED', 'REJECTED', 'REJECTED', 'REVOKED',
                'CANCELLED', 'EXPIRED', 'REQUESTED', 'INFO_REQUESTED'])[1 + dice % 13] END AS status,
            timestamptz '2026-03-01 12:00Z' - make_interval(secs => dice * 30) AS at) AS s
"""

_TALLIES: Final = """
    INSERT INTO authorization_tallies (supplier_id, status, number)
    SELECT supplier_id, status, count(*) FROM authorizations GROUP BY supplier_id, status
"""

# The trail of the last of them, sealed but for the newest events; changes of works that ended before this server began.
_BESIDE: Final = f"""
    INSERT INTO authorization_events (authorization_id, seller_id, product_id, supplier_id, action, from_status, to_status,
        actor_id, actor_role, refused, metadata, at, version, content_hash)
    SELECT a.id, a.seller_id, a.product_id, a.supplier_id, CASE WHEN n % 50 = 7 THEN 'revoke' ELSE (ARRAY['request', 'approve', 'reject'])[1 + n % 3] END,
        'NONE', a.status, 'user-' || n % 5000, 'seller', CASE WHEN n % 50 = 0 THEN 'ERR_COOLDOWN_ACTIVE' END, '{{}}',
        timestamptz '2026-03-01 12:00Z' - make_interval(secs => ({EVENTS} - n) * 60), 1 + n % 3, repeat('0', 64)
    FROM generate_series(0, {EVENTS - 1}) n JOIN authorizations a ON a.id = 'auth-' || ({AUTHORIZATIONS} - 1 - n / 3);

    INSERT INTO event_seals (sequence, seal)
    SELECT sequence, repeat('1', 64) FROM authorization_events WHERE sequence <= {EVENTS} - 500;

    INSERT INTO changes (kind, version, seller_id, product_id, at, xid)
    SELECT 'authorization', 1, 'seller-' || n, 'product-' || n, clock_timestamp() - make_interval(secs => {CHANGES} - n),
        n - {CHANGES}
    FROM generate_series(0, {CHANGES - 1}) n;

    INSERT INTO notifications (kind, audience, recipient_id, facts, at)
    SELECT 'request.approved', 'seller', 'seller-' || n % {SELLERS // 2}, '{{}}', timestamptz '2026-03-01 12:00Z'
    FROM generate_series(0, {NOTICES - 1}) n;

    INSERT INTO outbox (notification_id) SELECT id FROM notifications WHERE id % 100 = 0;

    INSERT INTO messages (key, channel, address, recipient, locale, zone, created_at, due_at, state, attempts, lease, done_at)
    SELECT 'notice:' || n, (ARRAY['email', 'chat', 'webhook'])[1 + n % 3], 'someone', 'someone', 'ko', 'Asia/Seoul', at, at,
        CASE WHEN n % 500 = 7 THEN 'dead' WHEN n % 200 = 0 THEN 'pending' ELSE 'sent' END, 1, 1,
        CASE WHEN n % 200 <> 0 THEN at END
    FROM generate_series(0, {MESSAGES - 1}) n, LATERAL (SELECT timestamptz '2026-03-01 12:00Z' - make_interval(secs => n * 60) AS at) t;

    INSERT INTO message_items (message_id, kind, audience, facts, at)
    SELECT id, 'request.approved', 'seller', '{{}}', created_at FROM messages;

    INSERT INTO notice_marks (kind, subject, version, at)
    SELECT 'request.unanswered', 'auth-' || n, 1, timestamptz '2026-03-01 12:00Z' FROM generate_series(0, 999) n;

    INSERT INTO scheduled_decisions (supplier_id, batch, authorization_id, version, action, actor_id, actor_role, made_at, due_at,
        state, done_at)
    SELECT 'supplier-' || n / 5 % {SUPPLIERS}, 'batch-' || n / 5, 'auth-' || n, 1, 'approve', 'user-1', 'supplier', at, at,
        CASE WHEN n % 500 = 0 THEN 'pending' WHEN n % 20 = 7 THEN 'refused' ELSE 'done' END, CASE WHEN n % 500 <> 0 THEN at END
    FROM generate_series(0, {MESSAGES - 1}) n, LATERAL (SELECT timestamptz '2026-03-01 12:00Z' - make_interval(secs => n * 60) AS at) t;

    INSERT INTO bulk_jobs (supplier_id, key, action, actor_id, actor_role, wanted, as_of, made_at, due_at, total, state, done, refused,
        step, ended_at)
    SELECT 'supplier-' || n % {SUPPLIERS}, 'job-' || n, 'approve', 'user-1', 'supplier', '{{}}', at, at, at, 500,
        CASE WHEN n % 500 = 0 THEN 'open' ELSE 'done' END, 500, '[]', 1, CASE WHEN n % 500 <> 0 THEN at END
    FROM generate_series(0, {MESSAGES // 10 - 1}) n, LATERAL (SELECT timestamptz '2026-03-01 12:00Z' - make_interval(secs => n * 600) AS at) t;

    INSERT INTO shadow_denials (seller_id, product_id, stage, error_code, count, first_seen, last_seen, value)
    SELECT 'seller-' || n / 4, 'product-' || n % {PRODUCTS}, 'cart', 'ERR_SELLER_NOT_AUTHORIZED', 1 + hashint4(n) & 1023,
        timestamptz '2026-03-01 12:00Z', timestamptz '2026-03-01 12:00Z', 10
    FROM generate_series(0, {DENIALS - 1}) n;

    INSERT INTO idempotency_keys (subject, key, fingerprint, reserved_at, status, body)
    SELECT 'user-' || n, 'key-' || n, 'f', timestamptz '2026-03-01 12:00Z' - make_interval(secs => n), 200, ''
    FROM generate_series(0, {KEYS - 1}) n;
"""

# Windows of the last minutes are not folded yet; every minute somebody was denied something.
_ROLLOUT: Final = f"""
    INSERT INTO measurement_windows (resolution, start, process, folded, closed, counts)
    SELECT 10, {NOON} - make_interval(secs => n * 10), 'gate-' || gate, n > 24, false, %(counts)s
    FROM generate_series(1, {WINDOWS}) n, generate_series(1, {GATES}) gate;

    INSERT INTO measurement_windows (resolution, start, process, folded, closed, counts)
    SELECT 60, {NOON} - make_interval(mins => n), '', n > 60, n > 360, %(counts)s FROM generate_series(4, {MINUTES}) n;

    INSERT INTO measurement_windows (resolution, start, process, folded, closed, counts)
    SELECT 3600, {NOON} - make_interval(hours => n), '', true, n > 336, %(counts)s FROM generate_series(1, {HOURS}) n;

    INSERT INTO enforced_denials (minute, seller_id, product_id, stage, error_code, count, first_seen, last_seen, value)
    SELECT minute, 'seller-' || hashint4(n) %% {SELLERS}, 'product-' || n %% {PRODUCTS}, 'cart', 'ERR_SELLER_NOT_AUTHORIZED',
        3, minute, minute + interval '50 s', 10
    FROM generate_series(0, {DENIALS - 1}) n, LATERAL (SELECT {NOON} - make_interval(mins => 1 + n / 5) AS minute) AS m;

    INSERT INTO verdicts (at, since, rollout_version, verdict, sentence, judgement, evidence)
    SELECT at, at, 3, 'CONTINUE', 'Continue.', '{{}}', %(evidence)s
    FROM generate_series(1, {VERDICTS}) n, LATERAL (SELECT {NOON} - make_interval(mins => 10 * ({VERDICTS} - n)) AS at) AS m;

    INSERT INTO rollout_trials (kind, at, actor_id, holds, summary)
    SELECT (ARRAY['loadtest', 'drill', 'simulation', 'canary'])[1 + n %% 4], {NOON} - make_interval(hours => {TRIALS} - n),
        'user-1', true, '{{}}'
    FROM generate_series(1, {TRIALS}) n;
"""

# Statements that take indexes and constraints away, and those that make them again.
_REFERENCES: Final = """
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
        format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE confrelid = 'authorizations'::regclass AND contype = 'f'
"""
_INDEXES: Final = """
    SELECT format('ALTER TABLE authorizations DROP CONSTRAINT %I', conname),
        format('ALTER TABLE authorizations ADD CONSTRAINT %I %s', conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid = 'authorizations'::regclass AND contype IN ('p', 'u')
    UNION ALL SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid = 'authorizations'::regclass AND NOT indisunique
"""


def fill(url: str) -> None:
    """Fill a migrated, empty database with all of it. The address must be a superuser's."""
    with _bulk(url) as connection:
        connection.execute(_DIRECTORY)
        fill_authorizations(connection, AUTHORIZATIONS, PENDING)
        connection.execute("ANALYZE authorizations")
        connection.execute(_TALLIES)
        connection.execute(_BESIDE)
        fill_rollout(connection)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def fill_some(url: str, authorizations: int) -> None:
    """The directory and so many authorizations, without anything that later migrations have brought."""
    with _bulk(url) as connection:
        connection.execute(_DIRECTORY)
        fill_authorizations(connection, authorizations, dict.fromkeys(PENDING, authorizations // 10))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")


def fill_rollout(connection: psycopg.Connection) -> None:
    """What the gates have measured and denied, and what was judged."""
    counted = Counted(Stage.CART, Mode.ENFORCED, Reason.APPROVED, True)
    counts = encode(Measurement(start=datetime(2026, 3, 1, tzinfo=UTC), counts={counted: 900}, latencies={40: 900}))
    facts = {"counts": counts, "evidence": zlib.compress(b"{}")}
    with psycopg.ClientCursor(connection) as cursor:  # which sends several statements at once, parameters and all
        cursor.execute(_ROLLOUT, facts)


@contextmanager
def _bulk(url: str):
    with psycopg.connect(url) as connection:
        # Without triggers and checks of foreign keys, which take longer than everything else together.
        connection.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'"
        )
        yield connection


def fill_authorizations(connection: psycopg.Connection, count: int, waiting: dict[str, int]) -> None:
    """So many records; their indexes are made at once afterwards, in a fraction of the time."""
    references, indexes = (connection.execute(asked).fetchall() for asked in (_REFERENCES, _INDEXES))
    for removal, _ in (*references, *indexes):
        connection.execute(removal)
    connection.execute(
        _AUTHORIZATIONS.format(
            each=EACH, count=count, busy=waiting[BUSY], waiting=sum(waiting.values()), suppliers=SUPPLIERS - 2,
            products=PRODUCTS,
        )
    )  # fmt: skip
    for _, definition in (*indexes, *references):
        connection.execute(definition)
