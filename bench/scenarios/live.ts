import pg from "pg";
import type { Measurement, Prepared, Scenario, Settings } from "#bench/harness.ts";
import { startLiveConsole } from "#bench/live-console.ts";
import { startBenchInstallation } from "#bench/installation.ts";
import { openLivePage, type LivePage } from "#bench/live-page.ts";
import { metrics } from "#bench/message.ts";
import { runLoad } from "#bench/processes.ts";
import { percentile } from "#bench/statistics.ts";
import type { Installation, TestDevice } from "#server/testing/installation.ts";

/** On the page: each with two lines of a chart. */
const shownCount = 50;
/** Not on the page; they only load the worker. */
const otherCount = 50;
const rate = 10_000;
/** Devices on the page send more seldom than the others: each of their messages must be told. */
const shownRate = 200;
const usualSeconds = 10;
/** Of the window, in pixels: as a person has it, and one that shows all charts at once. */
const usualHeight = 900;
const tallHeight = 9_000;
const warmUpSeconds = 2;

type Load = { readonly port: number; readonly seconds: number };

/** 10 000 messages a second, of which a part is of devices on the page. */
async function runBoth(
  { port, seconds }: Load,
  {
    shown,
    others,
  }: { readonly shown: readonly TestDevice[]; readonly others: readonly TestDevice[] },
) {
  const common = { port, window: 1, warmUpSeconds, seconds };
  const [report] = await Promise.all([
    runLoad({ ...common, devices: shown, rate: shownRate }),
    runLoad({ ...common, devices: others, rate: rate - shownRate }),
  ]);
  return report;
}

async function measurePixel(
  live: LivePage,
  height: number,
  run: () => ReturnType<typeof runBoth>,
): Promise<Measurement> {
  const charts = await live.showHeight(height);
  await live.take();
  const report = await run();
  const { messages, heard, events, unpainted } = await live.take();
  const told = (shownRate * (report.seconds + warmUpSeconds) * charts) / shownCount;
  if (messages.length < told / 2) {
    throw new Error(
      `Of ${Math.round(told)} messages ${messages.length} were painted: the page is not live.`,
    );
  }
  const p50 = percentile(messages, 0.5);
  return {
    value: percentile(messages, 0.99),
    more: {
      p50Ms: p50,
      charts,
      heardP50Ms: percentile(heard, 0.5),
      heardP99Ms: percentile(heard, 0.99),
      painted: messages.length,
      told,
      unpainted,
      // Uncoalesced, as alarms are: a device's connection, the fleet's counters.
      eventP50Ms: percentile(events, 0.5),
      eventP99Ms: percentile(events, 0.99),
      commitP50Ms: report.p50,
      commitP99Ms: report.p99,
    },
  };
}

/** The names of the devices' charts by device key. */
async function chartsOf(
  { ownerUrl }: Installation,
  devices: readonly TestDevice[],
): Promise<Readonly<Record<string, string>>> {
  const owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
  const { rows } = await owner.query<{ readonly key: string; readonly name: string }>(
    "SELECT key::text AS key, name FROM device WHERE device_id = ANY ($1)",
    [devices.map(({ id }) => id)],
  );
  await owner.end();
  return Object.fromEntries(rows.map(({ key, name }) => [key, name]));
}

async function openPage(
  url: string,
  cookie: { readonly name: string; readonly value: string } | undefined,
  charts: Readonly<Record<string, string>>,
  shown: readonly TestDevice[],
): Promise<LivePage> {
  if (cookie === undefined) throw new Error("Nobody could be signed in.");
  const query = new URLSearchParams({
    d: shown.map(({ id }) => id).join(","),
    r: "5m",
    v: "device",
  });
  for (const metric of Object.keys(metrics).slice(0, 2)) query.append("m", metric);
  return openLivePage({ url, path: `/explore?${query.toString()}`, cookie, charts });
}

async function prepare(_say: (line: string) => void, settings: Settings): Promise<Prepared> {
  const ours = await startBenchInstallation(shownCount);
  const { devices: shown, installation, worker } = ours;
  const others = await ours.createDevices(otherCount, "other");
  const console = await startLiveConsole(installation);
  const load = { port: worker.mqttPort, seconds: settings.seconds ?? usualSeconds };
  const run = () => runBoth(load, { shown, others });
  // So that the metrics are known when the page asks for them.
  await runBoth({ ...load, seconds: 1 }, { shown, others });
  const [cookie] = await console.signIn(1);
  const live = await openPage(console.url, cookie, await chartsOf(installation, shown), shown);
  return {
    arms: [
      { name: "publish to pixel", measure: () => measurePixel(live, usualHeight, run) },
      { name: "all charts in sight", measure: () => measurePixel(live, tallHeight, run) },
      {
        name: "publish to acknowledged",
        measure: async () => {
          const { p50, p99 } = await run();
          return { value: p99, more: { p50Ms: p50 } };
        },
      },
    ],
    stop: async () => {
      await live.stop();
      await console.stop();
      await ours.stop();
    },
  };
}

/** P6: from a device's publish to the painted frame in a real browser, with 10 000 messages a second. */
export const live: Scenario = {
  id: "P6",
  name: "publish to pixel at 10 000 msg/s, 100 live lines in 50 charts, p99",
  unit: "ms",
  rounds: 3,
  prepare,
};
