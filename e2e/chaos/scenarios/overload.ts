import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { residentMiB } from "#bench/processes.ts";
import { disturbUnderLoad, type Site } from "#e2e/chaos/disturb-under-load.ts";
import { findingOf, untilAcknowledging, type ChaosScenario } from "#e2e/chaos/scenario.ts";

const maxResidentMiB = 1_024;
const flooders = 20;

/** Devices that send QoS 0 without end; returns how to stop them, which says how much they sent. */
async function startFlood(site: Site): Promise<() => Promise<number>> {
  const devices = await site.place.createDevices(flooders, `flood-${Date.now()}`);
  const request = JSON.stringify({ port: site.workerPort(), devices });
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "../flood.ts"), request], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killWithParent = () => child.kill("SIGKILL");
  process.once("exit", killWithParent);
  let output = "";
  child.stdout.on("data", (text: Buffer) => {
    output += text.toString();
  });
  return async () => {
    process.off("exit", killWithParent);
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    await gone;
    const last = output.trim().split("\n").at(-1) ?? "{}";
    return (JSON.parse(last) as { sent?: number }).sent ?? Number.NaN;
  };
}

async function shedOf(ownerUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const { rows } = await client.query<{ shed: string }>(
    "SELECT coalesce(sum(count), 0) AS shed FROM ledger_minute WHERE outcome::text = 'shed'",
  );
  await client.end();
  return Number(rows[0]?.shed);
}

/**
 * QoS 0 at whatever rate the sockets take, beside devices that send QoS 1: those go on being
 * acknowledged, what is given up is counted, memory stays bounded.
 */
export const overload: ChaosScenario = {
  name: "overload",
  round: "three seconds of QoS 0 without end beside QoS 1",
  rounds: 20,
  run: async ({ place, rounds, say }) => {
    let sent = 0;
    let largest = 0;
    let slowest = 0;
    const report = await disturbUnderLoad(place, {
      name: "overload",
      rounds,
      pauseMs: [300, 300],
      disturb: async (site) => {
        const stop = await startFlood(site);
        await sleep(1_500);
        slowest = Math.max(slowest, await untilAcknowledging(site, 20_000));
        await sleep(1_500);
        largest = Math.max(largest, residentMiB(site.worker.pid, "peak"));
        sent += await stop();
      },
      say,
    });
    const shed = await shedOf(place.ownerUrl);
    const finding = findingOf(report, {
      sentQos0: sent,
      shed,
      largestRssMiB: Math.round(largest),
      slowestAcknowledgementMs: Math.round(slowest),
    });
    return {
      ...finding,
      problems: [
        ...finding.problems,
        ...(largest > maxResidentMiB ? [`the worker grew to ${Math.round(largest)} MiB`] : []),
        ...(slowest === Infinity ? ["QoS 1 was not acknowledged for 20 s"] : []),
        ...(shed > 0 ? [] : ["nothing was shed: QoS 0 was not given up first, or not counted"]),
      ],
    };
  },
};
