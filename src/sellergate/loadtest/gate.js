// Gate checks at a steady rate, whatever the answers take: an open loop, so that a slow server is not spared.
// First every virtual user makes its connection, one after the other and unmeasured; then all of them take turns.
// `sellergate loadtest` sets what is read from the environment, and judges the summary.
import http from "k6/http";
import { sleep } from "k6";
import { SharedArray } from "k6/data";
import exec from "k6/execution";
import { Rate, Trend } from "k6/metrics";

const CONNECTIONS = Number(__ENV.SELLERGATE_LOAD_CONNECTIONS);
const RATE_A_MINUTE = Number(__ENV.SELLERGATE_LOAD_RATE);
const SECONDS = Number(__ENV.SELLERGATE_LOAD_SECONDS);
const RAMP_SECONDS = Number(__ENV.SELLERGATE_LOAD_RAMP_SECONDS);
const URL = `${__ENV.SELLERGATE_LOAD_URL}/api/v1/ds/gate/check`;
const REQUEST = {
  headers: { "Content-Type": "application/json", Authorization: `Bearer ${__ENV.SELLERGATE_LOAD_TOKEN}` },
  timeout: "5s",
};

// Each is the body of a check, ready to be sent.
const bodies = new SharedArray("checks", () => JSON.parse(open(__ENV.SELLERGATE_LOAD_CHECKS)));

const latency = new Trend("check_milliseconds");
const failed = new Rate("check_failed");
const unconnected = new Rate("connect_failed");

export const options = {
  scenarios: {
    connect: {
      executor: "per-vu-iterations",
      exec: "connect",
      vus: CONNECTIONS,
      iterations: 1,
      maxDuration: `${RAMP_SECONDS}s`,
      gracefulStop: "0s",
    },
    checks: {
      executor: "constant-arrival-rate",
      exec: "check",
      startTime: `${RAMP_SECONDS + 1}s`,
      duration: `${SECONDS}s`,
      rate: RATE_A_MINUTE,
      timeUnit: "1m",
      preAllocatedVUs: CONNECTIONS,
      maxVUs: CONNECTIONS,
      gracefulStop: "6s",
    },
  },
  summaryTrendStats: ["med", "p(95)", "p(99)", "max", "count"],
};

function ask(number) {
  return http.post(URL, bodies[number % bodies.length], REQUEST);
}

function isAnswer(response) {
  return response.status === 200 && response.body.includes('"allowed"');
}

export function connect() {
  const place = exec.scenario.iterationInTest;
  sleep((place / CONNECTIONS) * RAMP_SECONDS * 0.9);
  unconnected.add(!isAnswer(ask(place)));
}

export function check() {
  const response = ask(exec.scenario.iterationInTest);
  const answered = isAnswer(response);
  failed.add(!answered);
  if (answered) {
    latency.add(response.timings.duration);
  }
}

export function handleSummary(data) {
  return { [__ENV.SELLERGATE_LOAD_SUMMARY]: JSON.stringify(data.metrics) };
}
