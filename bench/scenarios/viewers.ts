import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { startLiveConsole, type LiveConsole } from "#bench/live-console.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { cpuSeconds, firstLine, startProgram, stopProgram } from "#bench/processes.ts";
import { deviceCount, measureIngest } from "#bench/scenarios/ingest.ts";
import type { ViewersRequest } from "#bench/viewers.ts";

const usualViewers = 1_000;
/** As many as the console lets a session have. */
const perSession = 8;

/** Viewers in a process of their own, for as long as `work` takes. */
async function whileWatched<T>(request: ViewersRequest, work: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-viewers-"));
  const file = path.join(folder, "request.json");
  // Not in the arguments: there are cookies in it.
  writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
  const child = startProgram("viewers.ts", [file]);
  try {
    const { open } = (await firstLine(child)) as { readonly open: number };
    if (open !== request.viewers) throw new Error(`${open} of ${request.viewers} viewers watch.`);
    return await work();
  } finally {
    await stopProgram(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function watchedIngest(
  console: LiveConsole,
  request: ViewersRequest,
  ingest: () => Promise<Measurement>,
): Promise<Measurement> {
  return whileWatched(request, async () => {
    const before = cpuSeconds(console.pid) ?? Number.NaN;
    const startedAt = performance.now();
    const measured = await ingest();
    const cpu = (cpuSeconds(console.pid) ?? Number.NaN) - before;
    const share = cpu / ((performance.now() - startedAt) / 1000);
    return { ...measured, more: { ...measured.more, consoleCores: share } };
  });
}

async function prepare(_say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const ours = await startBenchInstallation(deviceCount);
  const { devices, installation, worker } = ours;
  const console = await startLiveConsole(installation);
  const viewers = settings.connections ?? usualViewers;
  const cookies = await console.signIn(Math.ceil(viewers / perSession));
  const request: ViewersRequest = {
    url: console.url,
    cookies: cookies.map(({ name, value }) => `${name}=${value}`),
    perSession,
    viewers,
    devices: devices.map(({ id }) => id),
  };
  const ingest = () =>
    measureIngest({ port: worker.mqttPort, pids: [worker.pid, installation.cluster.pid], devices });
  return {
    arms: [
      { name: "watched", measure: () => watchedIngest(console, request, ingest) },
      { name: "nobody watches", measure: ingest },
    ],
    stop: async () => {
      await console.stop();
      await ours.stop();
    },
  };
}

/** What a thousand people who watch devices live cost ingest at its capacity: at least 0.95 is left. */
export const viewers: Scenario = {
  id: "P6b",
  name: "durable ingest while 1 000 people watch live",
  unit: "msg/s",
  prepare,
};
