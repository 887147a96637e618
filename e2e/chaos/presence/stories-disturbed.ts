import type { Stage, Story, StoryTools } from "#e2e/chaos/presence/story.ts";

const pump = {
  connectivity: "always_on",
  expectedSeconds: 60,
  devices: { pump: null },
} as const;
const behind = { ...pump, devices: { hall: null, pump: "hall" } } as const;
const meter = { ...pump, connectivity: "store_and_forward", devices: { meter: null } } as const;

/** A dead worker's connections end with its last heartbeat, which comes every five seconds. */
const heartbeat = { within: 6 } as const;
const disturbedAt = 15;

async function speakOn(
  at: StoryTools,
  worker: string,
  until: number = disturbedAt - 2,
): Promise<number> {
  await at.until(1);
  at.is("pump", await at.device("pump").connect(worker), "online");
  return at.device("pump").talk({ until });
}

/** On a worker that nothing befalls. */
const untouched: Story = {
  ...pump,
  name: "stays connected to the other worker",
  tell: async (at) => {
    await speakOn(at, "B", 90);
    await at.until(95);
  },
};

const killed: Stage = {
  name: "killed",
  workers: ["A", "B"],
  disturb: async (stage) => {
    await stage.until(disturbedAt);
    await stage.worker("A").kill();
    stage.mark("killed");
  },
  stories: [
    untouched,
    {
      ...pump,
      name: "its worker is killed, it is back on another within half a minute",
      tell: async (at) => {
        await speakOn(at, "A");
        await at.until(25);
        await at.device("pump").connect("B");
        await at.device("pump").talk({ until: 90, every: 8 });
        await at.until(95);
      },
    },
    {
      ...pump,
      name: "its worker is killed, and it does not come back",
      expectedSeconds: 90,
      tell: async (at) => {
        const last = await speakOn(at, "A");
        at.is("pump", await at.mark("killed"), "idle", heartbeat);
        at.is("pump", last + 90, "late");
        await at.until(last + 95);
      },
    },
    {
      ...pump,
      name: "its worker is killed, and it is overdue before anybody notices that",
      expectedSeconds: 10,
      tell: async (at) => {
        const last = await speakOn(at, "A");
        at.fallsSilent("pump", last);
        await at.until(last + 40);
      },
    },
    {
      ...behind,
      name: "a gateway's worker is killed; it speaks for its child through the other",
      tell: async (at) => {
        const [hall, child] = [at.device("hall"), at.device("pump")];
        await at.until(1);
        at.is("hall", await hall.connect("A"), "online");
        at.is("pump", at.now() + 0.5, "online", { within: 3 });
        await hall.talk({ until: disturbedAt - 2, children: [child] });
        await at.until(30);
        await hall.connect("B");
        await hall.talk({ until: 90, every: 8, children: [child] });
        await at.until(95);
      },
    },
    {
      ...meter,
      name: "a meter's worker is killed in its session",
      expectedSeconds: 30,
      tell: async (at) => {
        await at.until(10);
        at.is("meter", await at.device("meter").connect("A"), "online");
        await at.device("meter").say();
        const gone = await at.mark("killed");
        at.is("meter", gone, "idle", heartbeat);
        at.is("meter", gone + 30, "late", heartbeat);
        await at.until(gone + 66);
        at.is("meter", await at.device("meter").connect("B"), "online");
        await at.until(at.now() + 4);
      },
    },
  ],
};

const frozen: Stage = {
  name: "frozen",
  workers: ["A", "B"],
  disturb: async (stage) => {
    await stage.until(disturbedAt);
    stage.worker("A").signal("SIGSTOP");
    await stage.until(disturbedAt + 40);
    stage.worker("A").signal("SIGCONT");
    stage.mark("goes on");
  },
  stories: [
    {
      ...pump,
      name: "its worker stands still for forty seconds, and goes on with it",
      tell: async (at) => {
        const device = at.device("pump");
        await speakOn(at, "A");
        await at.mark("goes on");
        // The worker may end what others took over meanwhile; any device comes back then.
        await device.say().catch(() => device.connect("A"));
        await device.talk({ until: 85, every: 6 });
        await at.until(90);
      },
    },
    {
      ...pump,
      name: "its worker stands still, it goes to another, the first goes on",
      tell: async (at) => {
        await speakOn(at, "A");
        await at.until(25);
        await at.device("pump").connect("B");
        await at.device("pump").talk({ until: 85, every: 6 });
        await at.until(90);
      },
    },
    {
      ...pump,
      name: "its worker stands still, it goes to another and says goodbye there",
      tell: async (at) => {
        await speakOn(at, "A");
        await at.until(25);
        await at.device("pump").connect("B");
        const last = await at.device("pump").talk({ until: 35, every: 6 });
        at.is("pump", await at.device("pump").goodbye(), "idle");
        at.is("pump", last + 60, "late");
        await at.until(last + 64);
      },
    },
  ],
};

const stopped: Stage = {
  name: "stopped",
  workers: ["A", "B"],
  disturb: async (stage) => {
    await stage.until(disturbedAt);
    await stage.worker("A").stop();
    stage.mark("stopped");
    await stage.start("C");
    stage.mark("replaced");
  },
  stories: [
    {
      ...pump,
      name: "its worker is replaced for an update",
      tell: async (at) => {
        await speakOn(at, "A");
        const replaced = await at.mark("replaced");
        await at.until(replaced + 2);
        await at.device("pump").connect("C");
        await at.device("pump").talk({ until: 85, every: 8 });
        await at.until(90);
      },
    },
    {
      ...pump,
      name: "its worker is stopped, and it goes to the other at once",
      tell: async (at) => {
        await speakOn(at, "A");
        await at.mark("stopped");
        await at.device("pump").connect("B");
        await at.device("pump").talk({ until: 85, every: 8 });
        await at.until(90);
      },
    },
    {
      ...pump,
      name: "its worker is stopped, and it does not come back",
      expectedSeconds: 70,
      tell: async (at) => {
        const last = await speakOn(at, "A");
        at.is("pump", await at.mark("stopped"), "idle", { within: 2 });
        at.is("pump", last + 70, "late");
        await at.until(last + 75);
      },
    },
  ],
};

const awayUntil = 110;

const away: Stage = {
  name: "away",
  workers: ["A", "B"],
  disturb: async (stage) => {
    await stage.until(36);
    await Promise.all([stage.worker("A").kill(), stage.worker("B").kill()]);
    stage.mark("killed");
    await stage.until(awayUntil);
    await stage.start("C");
    stage.mark("back");
  },
  stories: [
    {
      ...pump,
      name: "all workers are away for more than a minute; it is back soon",
      expectedSeconds: 30,
      tell: async (at) => {
        await speakOn(at, "A", 33);
        at.is("pump", await at.mark("killed"), "idle", heartbeat);
        await at.until((await at.mark("back")) + 2);
        at.is("pump", await at.device("pump").connect("C"), "online");
        await at.device("pump").talk({ until: at.now() + 20 });
        await at.until(at.now() + 4);
      },
    },
    {
      ...pump,
      name: "all workers are away for more than a minute; it is back after twenty seconds",
      expectedSeconds: 30,
      tell: async (at) => {
        await speakOn(at, "B", 33);
        at.is("pump", await at.mark("killed"), "idle", heartbeat);
        await at.until((await at.mark("back")) + 22);
        at.is("pump", await at.device("pump").connect("C"), "online");
        await at.device("pump").talk({ until: at.now() + 12 });
        await at.until(at.now() + 4);
      },
    },
    {
      ...pump,
      name: "all workers are away for more than a minute; it had its time, and did not come back",
      expectedSeconds: 30,
      tell: async (at) => {
        await speakOn(at, "A", 33);
        at.is("pump", await at.mark("killed"), "idle", heartbeat);
        const back = await at.mark("back");
        // Nobody is blamed for the server's absence: it has its expected time once more, twice until silent.
        at.is("pump", back + 30, "late", { within: 4 });
        at.is("pump", back + 60, "silent", { within: 4 });
        await at.until(back + 66);
      },
    },
    {
      ...pump,
      name: "was silent before all workers were away, and is still",
      expectedSeconds: 10,
      tell: async (at) => {
        await at.until(0.5);
        at.is("pump", await at.device("pump").connect("A"), "online");
        const last = await at.device("pump").say();
        await at.until(4);
        at.is("pump", await at.device("pump").goodbye(), "idle");
        at.fallsSilent("pump", last);
        await at.until((await at.mark("back")) + 20);
      },
    },
    {
      ...meter,
      name: "a meter is asleep while all workers are away",
      expectedSeconds: 200,
      tell: async (at) => {
        await at.until(4);
        at.is("meter", await at.device("meter").connect("B"), "online");
        await at.device("meter").say();
        await at.until(8);
        at.is("meter", await at.device("meter").goodbye(), "idle");
        await at.until((await at.mark("back")) + 10);
        at.is("meter", await at.device("meter").connect("C"), "online");
        await at.device("meter").say();
        await at.until(at.now() + 4);
      },
    },
  ],
};

/** Stages in which workers are killed, stand still, are replaced, or are all away. */
export const disturbedStages: readonly Stage[] = [killed, frozen, stopped, away];
