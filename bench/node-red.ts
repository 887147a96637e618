import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Arm } from "#bench/harness.ts";
import { isProgram, startMosquitto } from "#bench/mosquitto.ts";
import { runLoad, stopProgram } from "#bench/processes.ts";
import { freePort } from "#server/db/embedded.ts";
import type { TestCluster } from "#server/testing/cluster.ts";

/*
 * The usual flow of Node-RED: an MQTT node (QoS 1) at Mosquitto, JSON, three rules in a function
 * node, one INSERT per message. It is no dependency of ours: install it in a folder of its own and
 * name that folder.
 *   mkdir /tmp/node-red && cd /tmp/node-red && npm init -y && npm install node-red pg
 *   npm run bench -- ingest --node-red /tmp/node-red
 */

/** More than it takes, and little enough that what piles up is done with soon afterwards. */
const rate = 6_000;

const ruleAndInsert = `
const { ts, values } = msg.payload;
const alarms = [];
if (values.temperature > 80) alarms.push("hot");
if (values.pressure < 0.5) alarms.push("leak");
if (values.battery < 10) alarms.push("battery");
global.get("pool")
  .query("INSERT INTO reading (topic, ts, data, alarms) VALUES ($1, to_timestamp($2 / 1000.0), $3, $4)",
    [msg.topic, ts, JSON.stringify(values), alarms])
  .then(() => node.done(), (error) => node.error(error, msg));
`;

function flows(mqttPort: number): string {
  return JSON.stringify([
    { id: "tab", type: "tab", label: "ingest" },
    {
      id: "broker",
      type: "mqtt-broker",
      broker: "127.0.0.1",
      port: String(mqttPort),
      clientid: "node-red",
      autoConnect: true,
      protocolVersion: "4",
      keepalive: "60",
      cleansession: true,
    },
    {
      id: "in",
      type: "mqtt in",
      z: "tab",
      topic: "qs/v1/d/+/up/telemetry",
      qos: "1",
      datatype: "json",
      broker: "broker",
      wires: [["store"]],
    },
    { id: "store", type: "function", z: "tab", func: ruleAndInsert, outputs: 0, wires: [] },
  ]);
}

async function untilListening(port: number): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 200) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1" });
      socket.once("error", () => resolve(false));
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
    });
    if (isOpen) return;
    await sleep(200);
  }
  throw new Error("Node-RED was not ready after 60 s.");
}

async function startProcess(input: {
  readonly installed: string;
  readonly folder: string;
  readonly mqttPort: number;
  readonly url: string;
}): Promise<ChildProcess> {
  const port = await freePort();
  writeFileSync(path.join(input.folder, "flows.json"), flows(input.mqttPort));
  writeFileSync(
    path.join(input.folder, "settings.js"),
    `const pg = require(${JSON.stringify(path.join(input.installed, "node_modules/pg"))});
module.exports = { flowFile: "flows.json", uiHost: "127.0.0.1", uiPort: ${port}, telemetry: { enabled: false },
  logging: { console: { level: "error" } },
  functionGlobalContext: { pool: new pg.Pool({ connectionString: process.env.NODE_RED_DATABASE, max: 10 }) } };\n`,
    { mode: 0o600 },
  );
  const child = spawn(
    process.execPath,
    [path.join(input.installed, "node_modules/node-red/red.js"), "--userDir", input.folder],
    { env: { ...process.env, NODE_RED_DATABASE: input.url }, stdio: ["ignore", "ignore", 2] },
  );
  process.once("exit", () => child.kill("SIGKILL"));
  await untilListening(port);
  await sleep(2_000);
  return child;
}

/**
 * Starts Mosquitto and Node-RED on a database of their own.
 * @param installed a folder in which `node-red` and `pg` are installed
 * @returns the arm, or why it was left out
 */
export async function startNodeRed(
  cluster: TestCluster,
  installed: string,
  load: { readonly warmUpSeconds: number; readonly seconds: number },
): Promise<string | { readonly arm: Arm; stop(): Promise<void> }> {
  if (!existsSync(path.join(installed, "node_modules/node-red/red.js"))) {
    return `Node-RED left out: there is none in ${installed} (npm install node-red pg)`;
  }
  if (!isProgram("mosquitto")) return "Node-RED left out: mosquitto is not installed";
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-node-red-"));
  await cluster.query("CREATE DATABASE bench_node_red");
  const url = cluster.urlOf("bench_node_red");
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "CREATE TABLE reading (topic text NOT NULL, ts timestamptz NOT NULL, data jsonb NOT NULL, alarms text[] NOT NULL)",
  );
  const broker = await startMosquitto();
  const child = await startProcess({ installed, folder, mqttPort: broker.port, url });
  const count = async (): Promise<number> => {
    const { rows } = await client.query<{ n: string }>("SELECT count(*) AS n FROM reading");
    return Number(rows[0]?.n);
  };
  const devices = Array.from({ length: 20 }, (_, index) => ({ id: `node-red-${index}` }));
  return {
    arm: {
      name: "Node-RED",
      measure: async () => {
        const running = runLoad({ port: broker.port, devices, window: 1, rate, ...load });
        await sleep(load.warmUpSeconds * 1000 + 1_000);
        const before = await count();
        const startedAt = performance.now();
        await sleep((load.seconds - 1) * 1000);
        const value = ((await count()) - before) / ((performance.now() - startedAt) / 1000);
        await running;
        // What has piled up must not run beside the next arm.
        for (let last = -1, now = await count(); now !== last; now = await count()) {
          last = now;
          await sleep(1_000);
        }
        return { value };
      },
    },
    stop: async () => {
      await stopProgram(child);
      await broker.stop();
      await client.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
