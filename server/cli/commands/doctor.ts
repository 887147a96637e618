import { statfs } from "node:fs/promises";
import { connect } from "node:net";
import pg from "pg";
import { table, type Command } from "#server/cli/command.ts";
import { databaseUrls, runningProduct } from "#server/cli/session.ts";
import { metricsPorts, type Env } from "#server/env.ts";
import { signerSocket } from "#server/main/signer-process.ts";
import { socketPath } from "#server/socket-path.ts";

/** One line of the doctor's report; `remedy` only where something is bad. */
type Check = {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly remedy: string | null;
};

const good = (name: string, detail: string): Check => ({ name, ok: true, detail, remedy: null });
const bad = (name: string, detail: string, remedy: string): Check => ({
  name,
  ok: false,
  detail,
  remedy,
});

const restart = "Restart Quayside with `npm start`; its logs are under DATA_DIR/log.";

/** Whether something accepts connections there. */
async function accepts(target: { readonly port: number } | { readonly path: string }) {
  return new Promise<boolean>((resolve) => {
    const socket = connect({ host: "127.0.0.1", ...target, timeout: 2_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

/** The workers that run, or that would. */
function workersOf(env: Env): readonly { readonly what: string; readonly metricsPort: number }[] {
  const known = runningProduct(env)?.workers ?? [];
  if (known.length === 0) {
    return metricsPorts(env).map((metricsPort) => ({ what: "the worker", metricsPort }));
  }
  return known.map(({ name, pid, metricsPort }) => ({
    what: pid === undefined ? name : `${name} (process ${pid})`,
    metricsPort,
  }));
}

async function checkPorts(env: Env): Promise<readonly Check[]> {
  const ports = [
    ["console", "PORT", env.PORT],
    ["MQTT over TLS", "MQTTS_PORT", env.MQTTS_PORT],
    ["plain MQTT", "MQTT_PORT", env.MQTT_PORT],
    ["MQTT over secure WebSocket", "MQTT_WSS_PORT", env.MQTT_WSS_PORT],
    ["MQTT over plain WebSocket", "MQTT_WS_PORT", env.MQTT_WS_PORT],
    ["HTTPS for devices", "DEVICE_HTTPS_PORT", env.DEVICE_HTTPS_PORT],
    ["revocation lists and OCSP", "PKI_PORT", env.PKI_PORT],
    ...workersOf(env).map(
      ({ what, metricsPort }) => [`metrics of ${what}`, "METRICS_PORT", metricsPort] as const,
    ),
  ] as const;
  return Promise.all(
    ports.map(async ([what, variable, port]) =>
      (await accepts({ port }))
        ? good(`port ${port}`, `${what} answers`)
        : bad(`port ${port}`, `${what} does not answer`, `Check ${variable}. ${restart}`),
    ),
  );
}

async function checkSigner(env: Env): Promise<Check> {
  const socket = socketPath(env, signerSocket);
  return (await accepts({ path: socket }))
    ? good("signer", "answers")
    : bad("signer", `nothing listens on ${socket}`, restart);
}

async function checkDisk(env: Env): Promise<Check> {
  const { bavail, bsize } = await statfs(env.DATA_DIR);
  const gigabytes = (bavail * bsize) / 1e9;
  const detail = `${gigabytes.toFixed(1)} GB free for ${env.DATA_DIR}`;
  return gigabytes >= 1
    ? good("disk", detail)
    : bad("disk", detail, "Free some space: without it messages cannot be stored.");
}

type DatabaseFacts = {
  readonly version: string;
  readonly skew_ms: number;
  readonly ahead: number;
  readonly workers: number;
  readonly ca_days: number | null;
};

/** Reads as the worker's role, which alone may look at partitions and heartbeats. */
async function readFacts(url: string): Promise<DatabaseFacts> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000 });
  await client.connect();
  try {
    const before = Date.now();
    const { rows } = await client.query<DatabaseFacts>(
      `SELECT split_part(version(), ' ', 2) AS version,
              (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS skew_ms,
              telemetry.partitions_ahead() AS ahead,
              (SELECT count(*)::integer FROM worker_instance WHERE heartbeat_at > now() - interval '15 seconds') AS workers,
              (SELECT (extract(epoch FROM min(not_after) - now()) / 86400)::float8 FROM certificate_authority) AS ca_days`,
    );
    const facts = rows[0];
    if (facts === undefined) throw new Error("The database answered with nothing.");
    return { ...facts, skew_ms: facts.skew_ms - (before + Date.now()) / 2 };
  } finally {
    await client.end();
  }
}

function judgeFacts(facts: DatabaseFacts, wanted: number): readonly Check[] {
  const days = facts.ca_days === null ? undefined : Math.floor(facts.ca_days);
  const skew = Math.round(Math.abs(facts.skew_ms));
  return [
    good("database", `PostgreSQL ${facts.version}`),
    facts.ahead >= 2
      ? good("partitions", `${facts.ahead} days ahead`)
      : bad("partitions", `${facts.ahead} days ahead`, `The worker makes them. ${restart}`),
    facts.workers >= wanted
      ? good("worker", `${facts.workers} reported within 15 s`)
      : bad("worker", `${facts.workers} of ${wanted} reported within 15 s`, restart),
    caCheck(days),
    skew < 2_000
      ? good("clock", `${skew} ms from the database's`)
      : bad("clock", `${skew} ms from the database's`, "Synchronise both clocks (NTP)."),
  ];
}

function caCheck(days: number | undefined): Check {
  if (days === undefined) {
    return bad("device CA", "not recorded yet", "The first start makes it. Start Quayside once.");
  }
  return days > 30
    ? good("device CA", `valid for ${days} days`)
    : bad("device CA", `ends in ${days} days`, "Renew the issuing CA before it ends.");
}

async function checkDatabase(
  ingestUrl: string | undefined,
  workers: number,
): Promise<readonly Check[]> {
  if (ingestUrl === undefined) {
    return [bad("database", "INGEST_DATABASE_URL is not known", restart)];
  }
  try {
    return judgeFacts(await readFacts(ingestUrl), workers);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [bad("database", `does not answer: ${why}`, restart)];
  }
}

export const doctor: Command = {
  words: ["doctor"],
  usage: "",
  summary: "Check the installation and say what to do about what is wrong.",
  options: [],
  run: async ({ env }) => {
    const { ingestUrl } = databaseUrls(env);
    const checks = [
      good("environment", `DATA_DIR ${env.DATA_DIR}`),
      ...(await checkDatabase(ingestUrl, workersOf(env).length)),
      ...(await checkPorts(env)),
      await checkSigner(env),
      await checkDisk(env),
    ];
    const ok = checks.every((check) => check.ok);
    const rows = checks.map((check) => [
      check.ok ? "ok" : "BAD",
      check.name,
      check.remedy === null ? check.detail : `${check.detail}. ${check.remedy}`,
    ]);
    return { json: { ok, checks }, text: table(rows), failed: !ok };
  },
};
