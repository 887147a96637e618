import { rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openEventLog, readEventLog, type LoggedEvents } from "#e2e/chaos/event-log.ts";
import { addOutcomes, problemsOf, readOutcome, type Outcome } from "#e2e/chaos/outcome.ts";
import { RawDevice, type RawDeviceOptions } from "#e2e/chaos/raw-device.ts";
import { freePort } from "#server/db/embedded.ts";
import type { Installation, TestDevice, WorkerProcess } from "#server/testing/installation.ts";

/** After so many rounds devices and log are renewed: the checker holds every message in memory. */
const usualRoundsPerEpisode = 40;
const drainMs = 90_000;

/** What a disturbance can reach. */
export class Site {
  readonly place: Installation;
  readonly env: Readonly<Record<string, string>>;
  /** Where devices connect instead of a worker's own port: a proxy. */
  route: (() => number) | undefined;
  devices: readonly RawDevice[] = [];
  #ports: number[] = [];
  #workers: WorkerProcess[] = [];

  constructor(place: Installation, env: Readonly<Record<string, string>>) {
    this.place = place;
    this.env = env;
  }

  /** The one worker there is, or the first of them. */
  get worker(): WorkerProcess {
    const [worker] = this.#workers;
    if (worker === undefined) throw new Error("No worker runs.");
    return worker;
  }

  get workers(): readonly WorkerProcess[] {
    return this.#workers;
  }

  /** Any of the workers' ports. */
  workerPort(): number {
    return this.#ports[Math.floor(Math.random() * this.#ports.length)] ?? 0;
  }

  port(): number {
    return this.route?.() ?? this.workerPort();
  }

  /** Another worker beside those that run, on a port of its own. */
  async addWorker(env: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
    const port = await freePort();
    const worker = await this.place.startWorker({ ...this.env, MQTT_PORT: String(port), ...env });
    this.#workers.push(worker);
    this.#ports.push(port);
    return worker;
  }

  /** Devices look elsewhere from here on; the process is left alone. */
  forget(worker: WorkerProcess): void {
    this.#workers = this.#workers.filter((each) => each !== worker);
    this.#ports = this.#ports.filter((port) => port !== worker.mqttPort);
  }

  /** Starts a worker in the place of one that is gone, on its port. */
  async replace(worker: WorkerProcess, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const port = worker.mqttPort;
    const next = await this.place.startWorker({ ...this.env, MQTT_PORT: String(port), ...env });
    this.#workers = this.#workers.map((each) => (each === worker ? next : each));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    this.#workers = [];
    this.#ports = [];
  }
}

/** One fault; leaves a worker running. */
export type Disturb = (site: Site, round: number) => Promise<void>;

/** A worker that is killed without warning, and another that takes its place. */
export const killWorker: Disturb = async (site) => {
  const { worker } = site;
  await worker.kill();
  await site.replace(worker);
};

export type DeviceLoad = Partial<Omit<RawDeviceOptions, "id" | "token" | "log">> & {
  readonly count?: number;
  /** Told the devices of each episode before they start. */
  readonly onKnown?: (devices: readonly TestDevice[]) => void;
};

export type Disturbance = {
  /** Begins the devices' ids; once per installation. */
  readonly name: string;
  readonly rounds: number;
  readonly disturb: Disturb;
  readonly workers?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly devices?: DeviceLoad;
  /** Milliseconds before each disturbance, at least and at most. */
  readonly pauseMs?: readonly [number, number];
  /** Called with the site before the devices start; what it returns is called at the end. */
  readonly prepare?: (site: Site) => Promise<() => Promise<void>>;
  /** Told each episode's events once its devices have drained. */
  readonly inspect?: (events: LoggedEvents, prefix: string) => Promise<readonly string[]>;
  /** Where the clients' log is; beside the installation by default. */
  readonly logFolder?: string;
  readonly roundsPerEpisode?: number;
  readonly say?: (line: string) => void;
};

/** What became of a run. */
export type Report = {
  readonly outcome: Outcome;
  /** One line for each promise that was broken; empty when all held. */
  readonly problems: readonly string[];
  readonly reconnections: number;
  readonly takenOver: number;
  readonly rejections: number;
};

type Sum = Omit<Report, "outcome"> & { readonly outcome: Outcome | undefined };

/** Disturbs while devices send, lets them finish, and compares; again and again until all rounds are done. */
export async function disturbUnderLoad(place: Installation, run: Disturbance): Promise<Report> {
  const site = new Site(place, run.env ?? {});
  const { roundsPerEpisode = usualRoundsPerEpisode } = run;
  const cleanUp: (() => Promise<void>)[] = [];
  let sum: Sum = {
    outcome: undefined,
    problems: [],
    reconnections: 0,
    takenOver: 0,
    rejections: 0,
  };
  try {
    for (let count = 0; count < (run.workers ?? 1); count += 1) await site.addWorker();
    if (run.prepare !== undefined) cleanUp.push(await run.prepare(site));
    for (let done = 0; done < run.rounds; done += roundsPerEpisode) {
      const rounds = Math.min(roundsPerEpisode, run.rounds - done);
      sum = join(sum, await runEpisode(site, run, { first: done, rounds }));
      run.say?.(
        `${run.name}: ${done + rounds}/${run.rounds} rounds, ${sum.outcome?.acknowledged ?? 0} acknowledged, ${sum.problems.length} problems`,
      );
    }
  } finally {
    for (const clean of cleanUp) await clean();
    await site.stop();
  }
  if (sum.outcome === undefined) throw new Error("A run needs at least one round.");
  return { ...sum, outcome: sum.outcome };
}

function join(sum: Sum, { outcome, ...more }: Report): Sum {
  return {
    outcome: sum.outcome === undefined ? outcome : addOutcomes(sum.outcome, outcome),
    problems: [...sum.problems, ...more.problems],
    reconnections: sum.reconnections + more.reconnections,
    takenOver: sum.takenOver + more.takenOver,
    rejections: sum.rejections + more.rejections,
  };
}

async function runEpisode(
  site: Site,
  run: Disturbance,
  { first, rounds }: { readonly first: number; readonly rounds: number },
): Promise<Report> {
  const prefix = `${run.name}-${first}`;
  const logFile = path.join(
    run.logFolder ?? site.place.dataDir,
    `chaos-${process.pid}-${prefix}.log`,
  );
  const log = openEventLog(logFile);
  const { count = 24, onKnown, ...options } = run.devices ?? {};
  const known = await site.place.createDevices(count, prefix);
  onKnown?.(known);
  const devices = known.map(
    (device, index) =>
      new RawDevice({
        naming: index % 2 === 0 ? "time and id" : "id only",
        window: 20,
        port: () => site.port(),
        ...options,
        ...device,
        log,
      }),
  );
  site.devices = devices;
  for (const device of devices) device.start();
  const [least, most] = run.pauseMs ?? [200, 2_200];
  try {
    for (let round = first; round < first + rounds; round += 1) {
      await sleep(least + Math.random() * (most - least));
      await run.disturb(site, round);
    }
    await untilDrained(devices);
  } finally {
    for (const device of devices) device.stop();
    log.close();
  }
  const events = readEventLog(logFile);
  rmSync(logFile);
  const outcome = await readOutcome(site.place.ownerUrl, events, `${prefix}-`);
  return summarise(devices, outcome, (await run.inspect?.(events, `${prefix}-`)) ?? []);
}

/** Lets devices send what is in flight until it is acknowledged. */
export async function untilDrained(devices: readonly RawDevice[]): Promise<void> {
  for (const device of devices) device.drain();
  for (let waited = 0; waited < drainMs; waited += 50) {
    if (devices.every(({ inFlight }) => inFlight === 0)) return;
    await sleep(50);
  }
}

const total = (devices: readonly RawDevice[], of: (device: RawDevice) => number) =>
  devices.reduce((sum, device) => sum + of(device), 0);

function summarise(
  devices: readonly RawDevice[],
  outcome: Outcome,
  inspected: readonly string[],
): Report {
  const stuck = total(devices, ({ inFlight }) => inFlight);
  const unordered = total(devices, ({ unorderedAnswers }) => unorderedAnswers);
  const forgotten = total(devices, ({ forgottenSessions }) => forgottenSessions);
  return {
    outcome,
    problems: [
      ...problemsOf(outcome),
      ...(stuck === 0 ? [] : [`${stuck} still not acknowledged after ${drainMs / 1000} s`]),
      ...(unordered === 0 ? [] : [`${unordered} acknowledged out of order`]),
      ...(forgotten === 0 ? [] : [`${forgotten} kept sessions were not present again`]),
      ...inspected,
    ],
    reconnections: total(devices, ({ reconnections }) => reconnections),
    takenOver: total(devices, ({ takenOver }) => takenOver),
    rejections: total(devices, ({ rejections }) => rejections),
  };
}
