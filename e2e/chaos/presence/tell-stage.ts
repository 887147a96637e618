import { setTimeout as sleep } from "node:timers/promises";
import { DrivenDevice } from "#e2e/chaos/presence/driven-device.ts";
import {
  overdueTimes,
  type Stage,
  type StageTools,
  type Story,
  type StoryTools,
} from "#e2e/chaos/presence/story.ts";
import type { Office } from "#e2e/chaos/office.ts";
import { setGateway } from "#server/services/gateway/set-gateway.ts";
import { createProfile } from "#server/services/profile/create.ts";
import type { WorkerProcess } from "#server/testing/installation.ts";
import type { ExpectedChange } from "#server/testing/presence-histories/history.ts";

/** A story that was told: whose it was, from when to when, and what its script knows. */
export type Told = {
  readonly story: Story;
  readonly profileId: string;
  readonly deviceIds: ReadonlyMap<string, string>;
  /** Epoch milliseconds. */
  readonly began: number;
  readonly ended: number;
  readonly expect: Readonly<Record<string, readonly ExpectedChange[]>>;
  /** The longest that a device waited for an answer, in seconds. */
  readonly slowest: number;
};

type Ready = {
  readonly story: Story;
  /** Its own clock: seconds since it began. */
  readonly clock: Clock;
  readonly profileId: string;
  readonly devices: ReadonlyMap<string, DrivenDevice>;
};

/** Seconds since something began. */
class Clock {
  began = 0;

  readonly now = (): number => (Date.now() - this.began) / 1_000;

  readonly until = (time: number): Promise<void> =>
    sleep(Math.max(0, this.began + time * 1_000 - Date.now()));
}

/** The stage while it is played. */
class Scene {
  readonly workers = new Map<string, WorkerProcess>();
  readonly #marks = new Map<string, PromiseWithResolvers<void>>();
  readonly #office: Office;
  readonly #stage: Stage;
  readonly clock = new Clock();

  constructor(office: Office, stage: Stage) {
    this.#office = office;
    this.#stage = stage;
  }

  /** The name of its connections says on the tape who wrote. */
  async start(name: string): Promise<void> {
    const { place, env } = this.#office;
    const url = new URL(place.ingestUrl);
    url.searchParams.set("application_name", `presence ${this.#stage.name} ${name}`);
    const { ENCRYPTION_KEY = "" } = env;
    this.workers.set(
      name,
      await place.startWorker({ ENCRYPTION_KEY, INGEST_DATABASE_URL: url.href }),
    );
  }

  worker(name: string): WorkerProcess {
    const worker = this.workers.get(name);
    if (worker === undefined) throw new Error(`There is no worker ${name}.`);
    return worker;
  }

  marked(name: string): PromiseWithResolvers<void> {
    const known = this.#marks.get(name) ?? Promise.withResolvers<void>();
    this.#marks.set(name, known);
    return known;
  }

  tools(): StageTools {
    return {
      until: this.clock.until,
      worker: (name) => this.worker(name),
      start: (name) => this.start(name),
      mark: (name) => this.marked(name).resolve(),
    };
  }
}

/** Plays a stage: starts its workers, tells its stories all at once, and stops the workers again. */
export async function tellStage(office: Office, stage: Stage): Promise<readonly Told[]> {
  const scene = new Scene(office, stage);
  const ready: Ready[] = [];
  for (const [index, story] of stage.stories.entries()) {
    ready.push(await prepare(office, scene, story, `${stage.name}-${index}`));
  }
  try {
    for (const name of stage.workers) await scene.start(name);
    await warmUp(office, scene, stage);
    const { staggerMs = 0 } = stage;
    scene.clock.began = Date.now();
    for (const [index, { clock }] of ready.entries()) {
      clock.began = scene.clock.began + index * staggerMs;
    }
    const [told] = await Promise.all([
      Promise.all(ready.map((each) => tell(office, scene, each))),
      stage.disturb?.(scene.tools()),
    ]);
    return told;
  } finally {
    for (const { devices } of ready) for (const device of devices.values()) device.stop();
    await Promise.all([...scene.workers.values()].map((worker) => worker.kill()));
  }
}

/** The first messages of a process take seconds, of which no script knows. */
async function warmUp({ place }: Office, scene: Scene, { name }: Stage): Promise<void> {
  const identities = await place.createDevices(scene.workers.size, `${name}-warm`);
  const portOf = (worker: string): number => scene.worker(worker).mqttPort;
  await Promise.all(
    [...scene.workers.keys()].map(async (worker, index) => {
      const identity = identities[index];
      if (identity === undefined) return;
      const device = new DrivenDevice(identity, { now: scene.clock.now, portOf });
      await device.connect(worker);
      for (let count = 0; count < 50; count += 1) await device.say();
      await device.goodbye();
    }),
  );
}

async function prepare(
  { place, ctx }: Office,
  scene: Scene,
  story: Story,
  prefix: string,
): Promise<Ready> {
  const { connectivity, expectedSeconds } = story;
  const profile = await createProfile(ctx, {
    name: prefix,
    connectivity,
    expectedContactSeconds: expectedSeconds,
    jsonSchema: { type: "object", properties: { n: { type: "number" } } },
  });
  const clock = new Clock();
  const names = Object.keys(story.devices);
  const made = await place.createDevices(names.length, prefix, profile.id);
  const devices = new Map(
    made.map((identity, index) => [
      names[index] ?? "",
      new DrivenDevice(identity, {
        now: clock.now,
        portOf: (worker) => scene.worker(worker).mqttPort,
      }),
    ]),
  );
  for (const [name, gateway] of Object.entries(story.devices)) {
    const deviceId = devices.get(name)?.identity.id;
    const above = gateway === null ? undefined : devices.get(gateway)?.identity.id;
    if (deviceId !== undefined && above !== undefined) {
      await setGateway(ctx, { deviceId, gateway: above });
    }
  }
  return { story, clock, profileId: profile.id, devices };
}

async function tell(
  office: Office,
  scene: Scene,
  { story, clock, profileId, devices }: Ready,
): Promise<Told> {
  const expected = new Map<string, ExpectedChange[]>();
  const is: StoryTools["is"] = (device, at, presence, loose) => {
    const changes = expected.get(device) ?? [];
    const time = Math.round(at * 1_000) / 1_000;
    changes.push(loose === undefined ? [time, presence] : [time, presence, loose]);
    expected.set(device, changes);
  };
  const [late, silent] = overdueTimes[story.connectivity];
  await story.tell({
    ctx: office.ctx,
    profileId,
    device: (name) => {
      const device = devices.get(name);
      if (device === undefined) throw new Error(`The story has no device ${name}.`);
      return device;
    },
    portOf: (worker) => scene.worker(worker).mqttPort,
    now: clock.now,
    until: clock.until,
    mark: async (name) => {
      await scene.marked(name).promise;
      return clock.now();
    },
    is,
    fallsSilent: (device, sign, loose) => {
      is(device, sign + late * story.expectedSeconds, "late", loose);
      is(device, sign + silent * story.expectedSeconds, "silent", loose);
    },
  });
  const slowest = Math.max(...[...devices.values()].map((device) => device.slowest));
  const ids = [...devices].map(([name, { identity }]) => [name, identity.id] as const);
  return {
    story,
    profileId,
    deviceIds: new Map(ids),
    began: clock.began,
    ended: Date.now(),
    slowest,
    expect: Object.fromEntries(
      [...expected].map(([name, changes]) => [name, asFarAsKnown(changes, slowest)]),
    ),
  };
}

/** In order; what the script did it knows to the time that the answer took. */
function asFarAsKnown(
  changes: readonly ExpectedChange[],
  slowest: number,
): readonly ExpectedChange[] {
  const unsure = Math.ceil(slowest * 10) / 10;
  return changes
    .toSorted(([a], [b]) => a - b)
    .map(([at, presence, loose]): ExpectedChange => {
      if (unsure < 0.3) return loose === undefined ? [at, presence] : [at, presence, loose];
      return [at, presence, { ...loose, within: (loose?.within ?? 1) + unsure }];
    });
}
