// Asks a running sellergate for checks at a rate that does not give way when the server is slow (an open model), over connections
// that were opened beforehand, and holds what is measured against the limits: k6 run gate.js
//
//   URL          the server                                      http://127.0.0.1:8000
//   TOKEN        of the role service
//   CONNECTIONS  how many clients, each with one connection      1000
//   RATE         checks a minute, of all clients together        10000
//   RAMP         how long opening the connections takes          10s
//   DURATION     how long is measured, after that                10m
//   SELLERS      pairs are seller-0 … with product-0 …           1000
//   PRODUCTS                                                     100
//   STAGE        cart, order or settlement                       cart
//   P95_MS       what 95 of 100 checks must be faster than       5
//   SUMMARY      where the result is written, as JSON            (nowhere)
//
// Only the checks of the scenario `checks` count. A check that is denied is an answer like any other.

import exec from 'k6/execution';
import http from 'k6/http';
import { check, sleep } from 'k6';

const env = (name, otherwise) => __ENV[name] || otherwise;
const seconds = (text) => {
  const parts = /^(\d+)(s|m|h)$/.exec(text);
  if (!parts) {
    throw new Error(`not a duration: ${text}`);
  }
  return Number(parts[1]) * { s: 1, m: 60, h: 3600 }[parts[2]];
};

const URL = env('URL', 'http://127.0.0.1:8000');
const CONNECTIONS = Number(env('CONNECTIONS', 1000));
const RATE = Number(env('RATE', 10000));
const RAMP = seconds(env('RAMP', '10s'));
const DURATION = env('DURATION', '10m');
const SELLERS = Number(env('SELLERS', 1000));
const PRODUCTS = Number(env('PRODUCTS', 100));
const STAGE = env('STAGE', 'cart');
const PARAMS = {
  headers: { Authorization: `Bearer ${env('TOKEN', '')}`, 'Content-Type': 'application/json' },
  timeout: '10s',
};

// Each client waits for its turn, so that one second has as many checks as the next, and asks again a whole round later.
const ROUND = (CONNECTIONS * 60) / RATE;
const ROUNDS = Math.max(1, Math.floor(seconds(DURATION) / ROUND));

export const options = {
  scenarios: {
    checks: {
      executor: 'per-vu-iterations',
      vus: CONNECTIONS,
      iterations: ROUNDS + 1,
      maxDuration: `${RAMP + seconds(DURATION) + Math.ceil(ROUND) + 30}s`,
    },
  },
  thresholds: {
    'http_req_duration{kind:measured}': [`p(95)<${env('P95_MS', 5)}`],
    'http_req_failed{kind:measured}': ['rate==0'],
    'checks{kind:measured}': ['rate==1'],
    'http_reqs{kind:measured}': ['count>0'],
  },
  summaryTrendStats: ['med', 'p(90)', 'p(95)', 'p(99)', 'max'],
};

const BODY = 'the answer says whether';

function ask(kind) {
  // Few are asked for often, most seldom, as in any shop.
  const seller = Math.floor(SELLERS * Math.random() ** 3);
  const product = Math.floor(PRODUCTS * Math.random() ** 3);
  const body = JSON.stringify({ sellerId: `seller-${seller}`, productId: `product-${product}`, stage: STAGE });
  const answer = http.post(`${URL}/api/v1/ds/gate/check`, body, { ...PARAMS, tags: { kind } });
  check(answer, { [BODY]: (got) => got.status === 200 && typeof got.json('allowed') === 'boolean' }, { kind });
}

export default function () {
  const began = exec.scenario.startTime;
  const place = (exec.vu.idInTest - 1) / CONNECTIONS;
  const turn = exec.vu.iterationInScenario;
  // The first question of each client opens its connection, and is not measured.
  const due = turn === 0 ? began + place * RAMP * 1000 : began + (RAMP + (turn - 1 + place) * ROUND) * 1000;
  const wait = due - Date.now();
  if (wait > 0) {
    sleep(wait / 1000);
  }
  ask(turn === 0 ? 'opening' : 'measured');
}

export function handleSummary(data) {
  const of = (metric, field) => {
    const found = data.metrics[`${metric}{kind:measured}`];
    return found ? found.values[field] : null;
  };
  const failed = Object.values(data.metrics).some((metric) =>
    Object.values(metric.thresholds || {}).some((threshold) => !threshold.ok),
  );
  const result = {
    passed: !failed,
    connections: CONNECTIONS,
    ratePerMinute: RATE,
    durationSeconds: seconds(DURATION),
    checks: of('http_reqs', 'count'),
    errors: of('checks', 'fails'),
    milliseconds: {
      median: of('http_req_duration', 'med'),
      p90: of('http_req_duration', 'p(90)'),
      p95: of('http_req_duration', 'p(95)'),
      p99: of('http_req_duration', 'p(99)'),
      max: of('http_req_duration', 'max'),
    },
  };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  return __ENV.SUMMARY ? { [__ENV.SUMMARY]: text } : { stdout: text };
}
