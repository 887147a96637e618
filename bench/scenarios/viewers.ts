import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { startLiveConsole, type LiveConsole } from "#bench/live-console.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { cpuSeconds, linesOf, runLoad, startProgram, stopProgram } from "#bench/processes.ts";
import { deviceCount, measureIngest } from "#bench/scenarios/ingest.ts";
import type { ViewersCounts, ViewersOpen, ViewersRequest } from "#bench/viewers.ts";
import type { TestDevice } from "#server/testing/installation.ts";

const usualViewers = 1_000;
/** As many as the console lets a session have. */
const perSession = 8;
/** A thousand streams are open in a tenth of it. */
const openMs = 90_000;
const endMs = 10_000;

/** A load as it is measured with and without viewers. */
type Ingest = (at: {
  readonly port: number;
  /** Worker and database. */
  readonly pids: readonly number[];
  readonly devices: readonly TestDevice[];
}) => Promise<Measurement>;

function coresOf(pid: number): () => number {
  const before = cpuSeconds(pid) ?? Number.NaN;
  const startedAt = performance.now();
  return () => {
    const used = (cpuSeconds(pid) ?? Number.NaN) - before;
    return used / ((performance.now() - startedAt) / 1000);
  };
}

/** The load while viewers in a process of their own watch; console and readers share the machine. */
async function watchedIngest(
  console: LiveConsole,
  request: ViewersRequest,
  ingest: () => Promise<Measurement>,
): Promise<Measurement> {
  const folder = mkdtempSync(path.join(tmpdir(), "quayside-viewers-"));
  const file = path.join(folder, "request.json");
  // Not in the arguments: there are cookies in it.
  writeFileSync(file, JSON.stringify(request), { mode: 0o600 });
  const child = startProgram("viewers.ts", [file]);
  try {
    const lines = linesOf(child);
    const { open } = (await lines.next(openMs)) as ViewersOpen;
    if (open !== request.viewers) throw new Error(`${open} of ${request.viewers} viewers watch.`);
    const consoleCores = coresOf(console.pid);
    const readerCores = coresOf(child.pid ?? 0);
    const startedAt = performance.now();
    const measured = await ingest();
    const seconds = (performance.now() - startedAt) / 1000;
    const cores = { consoleCores: consoleCores(), readerCores: readerCores() };
    child.kill("SIGTERM");
    const counts = (await lines.next(endMs)) as ViewersCounts;
    if (counts.open !== open) throw new Error(`${open - counts.open} viewers lost their stream.`);
    const framesEach = counts.frames / request.viewers / seconds;
    return { ...measured, more: { ...measured.more, ...cores, framesEach } };
  } finally {
    await stopProgram(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function prepare(settings: Settings, ingest: Ingest): Promise<Prepared> {
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
  const pids = [worker.pid, installation.cluster.pid];
  const measure = () => ingest({ port: worker.mqttPort, pids, devices });
  await measure();
  return {
    arms: [
      { name: "watched", measure: () => watchedIngest(console, request, measure) },
      { name: "nobody watches", measure },
    ],
    stop: async () => {
      await console.stop();
      await ours.stop();
    },
  };
}

/** As `measureIngest`, at a pace that leaves the machine room; the value is what it costs. */
const pacedCost: Ingest = async ({ port, pids, devices }) => {
  const used = () => pids.reduce((sum, pid) => sum + (cpuSeconds(pid) ?? Number.NaN), 0);
  const before = used();
  const [warmUpSeconds, seconds] = [1, 6];
  const report = await runLoad({ port, devices, window: 1, rate: 10_000, warmUpSeconds, seconds });
  const rate = report.acknowledged / report.seconds;
  return {
    value: (used() - before) / (rate * (warmUpSeconds + seconds)) / 1e-6,
    more: { rate, p50Ms: report.p50, p99Ms: report.p99 },
  };
};

/**
 * What a thousand people who watch devices live cost ingest at its capacity, with their console and
 * the programs that read on the same machine: at least 0.95 is left.
 */
export const viewers: Scenario = {
  id: "P6b",
  name: "durable ingest at its capacity while 1 000 people watch live, console and readers on the same machine",
  unit: "msg/s",
  rounds: 4,
  prepare: (_say, settings) => prepare(settings, measureIngest),
};

/** What they cost worker and database themselves, at 10 000 messages a second. */
export const pacedViewers: Scenario = {
  id: "P6c",
  name: "processor time of worker and database for a million messages at 10 000 msg/s while 1 000 people watch live",
  unit: "s",
  rounds: 4,
  prepare: (_say, settings) => prepare(settings, pacedCost),
};
