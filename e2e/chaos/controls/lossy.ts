import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect as connectTcp } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { checkSet, type SetHistory, type SetVerdict } from "#e2e/chaos/check-set.ts";
import { disturbUnderLoad, killWorker, untilDrained } from "#e2e/chaos/disturb-under-load.ts";
import { openEventLog, readEventLog } from "#e2e/chaos/event-log.ts";
import { RawDevice } from "#e2e/chaos/raw-device.ts";
import { Subscriber } from "#e2e/chaos/subscriber.ts";
import { freePort } from "#server/db/embedded.ts";
import type { Installation } from "#server/testing/installation.ts";

/*
 * Negative controls: systems that do lose what they acknowledged. A checker that does not say so
 * proves nothing about ours. Devices, log and checker are those of the real scenarios.
 */

/** What the checker said, or why the control could not be run. */
export type ControlResult =
  | (SetVerdict & { readonly acknowledged: number; readonly stored: number })
  | string;

function judge(history: SetHistory): ControlResult {
  return {
    ...checkSet(history),
    acknowledged: history.acknowledged.size,
    stored: history.stored.length,
  };
}

/** Our own worker, made to acknowledge before it commits. */
export async function acknowledgeBeforeCommit(place: Installation): Promise<ControlResult> {
  const { outcome } = await disturbUnderLoad(place, {
    name: "control",
    rounds: 2,
    disturb: killWorker,
    env: { NODE_ENV: "test", QUAYSIDE_FAILPOINT: "ack-before-commit" },
  });
  return outcome;
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function untilListening(port: number): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connectTcp({ port, host: "127.0.0.1" });
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}

/** Devices that send to a port, until drained; returns what they say. */
async function sendTo(input: {
  readonly port: number;
  readonly folder: string;
  readonly meanwhile: () => Promise<void>;
}) {
  const file = path.join(input.folder, "events.log");
  const log = openEventLog(file);
  const devices = Array.from(
    { length: 12 },
    (_, index) =>
      new RawDevice({
        id: `control-${index}`,
        token: "none",
        port: () => input.port,
        naming: "id only",
        window: 20,
        log,
      }),
  );
  for (const device of devices) device.start();
  await input.meanwhile();
  await untilDrained(devices);
  for (const device of devices) device.stop();
  log.close();
  return readEventLog(file);
}

/** Aedes with its default acknowledgement, writing to PostgreSQL as its users do, killed twice. */
export async function aedesDefault(place: Installation): Promise<ControlResult> {
  await place.cluster.query("CREATE DATABASE control_aedes");
  const url = place.cluster.urlOf("control_aedes");
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-control-"));
  const port = await freePort();
  const start = async () => {
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, "aedes-broker.ts"), url, String(port)],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    process.once("exit", () => child.kill("SIGKILL"));
    await once(child.stdout, "data");
    return child;
  };
  let broker = await start();
  try {
    const { attempted, acknowledged } = await sendTo({
      port,
      folder,
      meanwhile: async () => {
        for (let round = 0; round < 2; round += 1) {
          await sleep(700);
          await end(broker, "SIGKILL");
          broker = await start();
        }
        await sleep(300);
      },
    });
    // What it still writes counts as stored.
    await sleep(1_500);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<{ key: string }>(
      "SELECT device || '/' || number AS key FROM control_message",
    );
    await client.end();
    return judge({ attempted, acknowledged, stored: rows.map(({ key }) => key) });
  } finally {
    await end(broker, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Mosquitto with persistence switched on and otherwise its defaults (written to disk every 30
 * minutes): what it keeps for a subscriber that is away is gone after kill -9.
 */
export async function mosquittoDefault(): Promise<ControlResult> {
  if (spawnSync("mosquitto", ["-h"], { stdio: "ignore" }).error !== undefined) {
    return "mosquitto is not installed (Debian: apt install mosquitto)";
  }
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-control-"));
  const port = await freePort();
  const config = path.join(folder, "mosquitto.conf");
  writeFileSync(
    config,
    `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${folder}/\nmax_queued_messages 0\nuser root\n`,
  );
  const start = async () => {
    const child = spawn("mosquitto", ["-c", config], { stdio: "ignore" });
    process.once("exit", () => child.kill("SIGKILL"));
    await untilListening(port);
    return child;
  };
  let broker = await start();
  const file = path.join(folder, "deliveries.log");
  const log = openEventLog(file);
  const subscriber = new Subscriber({
    name: "control",
    username: "control",
    password: "none",
    clientId: "control",
    filter: "qs/v1/d/+/up/telemetry",
    qos: 1,
    port: () => port,
    log,
  });
  try {
    subscriber.start();
    await subscriber.untilSubscribed();
    const { attempted, acknowledged } = await sendTo({
      port,
      folder,
      meanwhile: async () => {
        await sleep(300);
        subscriber.pause();
        await sleep(500);
        await end(broker, "SIGKILL");
        broker = await start();
        await sleep(300);
      },
    });
    subscriber.resume();
    await subscriber.untilQuiet(1_000);
    subscriber.stop();
    log.close();
    const { delivered } = readEventLog(file);
    // QoS 1 may deliver twice; what counts here is what never comes.
    return judge({
      attempted,
      acknowledged,
      stored: [...new Set(delivered.get("control") ?? [])],
    });
  } finally {
    subscriber.stop();
    await end(broker, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
