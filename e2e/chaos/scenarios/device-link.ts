import { setTimeout as sleep } from "node:timers/promises";
import { disturbUnderLoad, type Site } from "#e2e/chaos/disturb-under-load.ts";
import { openEventLog } from "#e2e/chaos/event-log.ts";
import { startFaultProxy, type FaultProxy } from "#e2e/chaos/fault-proxy.ts";
import { RawDevice } from "#e2e/chaos/raw-device.ts";
import { findingOf, randomMs, type ChaosScenario } from "#e2e/chaos/scenario.ts";

type Fault = (proxy: FaultProxy) => Promise<void>;

const faults: readonly Fault[] = [
  async (proxy) => proxy.reset(),
  async (proxy) => void proxy.halfOpen("client"),
  async (proxy) => {
    proxy.set("both", { pieceBytes: 1 });
    await sleep(randomMs(300, 1_000));
    proxy.set("both", {});
  },
  async (proxy) => {
    proxy.set("up", { pieceBytes: 90, isRandomPiece: true });
    await sleep(randomMs(300, 1_000));
    proxy.reset();
    proxy.set("up", {});
  },
  async (proxy) => {
    proxy.set("both", { latencyMs: randomMs(100, 1_500) });
    await sleep(randomMs(500, 2_500));
    proxy.set("both", {});
  },
  async (proxy) => {
    // The device gives up first (its patience is shorter), the worker learns of it when it heals.
    proxy.set("both", { isBlackHole: true });
    await sleep(3_000);
    proxy.set("both", {});
  },
  async (proxy) => {
    // What the device sent arrives, the acknowledgements do not: everything comes again.
    proxy.set("down", { isBlackHole: true });
    await sleep(randomMs(100, 800));
    proxy.reset();
    proxy.set("down", {});
  },
];

/** The way between device and worker: RST, half-open, one byte a write, packets split, slow, silent. */
export const deviceLink: ChaosScenario = {
  name: "device-link",
  round: "fault of the links of 24 devices",
  rounds: 420,
  run: async ({ place, rounds, say }) => {
    const proxies: FaultProxy[] = [];
    const report = await disturbUnderLoad(place, {
      name: "link",
      rounds,
      pauseMs: [50, 400],
      devices: { version: 5, patienceMs: 2_500 },
      prepare: async (site) => {
        const proxy = await startFaultProxy(() => site.workerPort());
        proxies.push(proxy);
        site.route = () => proxy.port;
        return () => proxy.stop();
      },
      disturb: async (_site, round) => {
        const [proxy] = proxies;
        if (proxy !== undefined) await faults[round % faults.length]?.(proxy);
      },
      say,
    });
    return findingOf(report);
  },
};

/** Connects once as a device that is connected already, and stays for a moment. */
async function intrude(site: Site, id: string, token: string): Promise<boolean> {
  const log = openEventLog("/dev/null");
  const intruder = new RawDevice({
    id,
    token,
    port: () => site.workerPort(),
    naming: "id only",
    window: 0,
    version: 5,
    log,
    reconnectMs: [60_000, 60_000],
  });
  intruder.start();
  for (let waited = 0; waited < 2_000 && !intruder.isOnline; waited += 20) await sleep(20);
  const { isOnline } = intruder;
  await sleep(randomMs(0, 100));
  intruder.stop();
  log.close();
  return isOnline;
}

/** A second connection with the client id of one that is open: the older ends with 0x8E. */
export const takeOver: ChaosScenario = {
  name: "take-over",
  round: "six connections taken over under load, on one worker or across two",
  rounds: 100,
  run: async ({ place, rounds, say }) => {
    let intrusions = 0;
    const known: { id: string; token: string }[] = [];
    const report = await disturbUnderLoad(place, {
      name: "takeover",
      rounds,
      workers: 2,
      pauseMs: [50, 300],
      devices: { version: 5, patienceMs: 5_000, onKnown: (devices) => known.push(...devices) },
      disturb: async (site) => {
        const victims = Array.from({ length: 6 }, () => known[known.length - 1 - randomMs(0, 23)]);
        await Promise.all(
          victims.map(async (victim) => {
            if (victim === undefined) return;
            if (await intrude(site, victim.id, victim.token)) intrusions += 1;
          }),
        );
      },
      say,
    });
    const finding = findingOf(report, { intrusions });
    return {
      ...finding,
      problems: [
        ...finding.problems,
        // Some victims were between two connections; most were not.
        ...(report.takenOver >= intrusions / 3
          ? []
          : [`of ${intrusions} take-overs only ${report.takenOver} were told with 0x8E`]),
      ],
    };
  },
};
