import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Story, StoryTools } from "#e2e/chaos/presence/story.ts";

const run = promisify(execFile);

const alwaysOn = {
  connectivity: "always_on",
  expectedSeconds: 10,
  devices: { pump: null },
} as const;
const meter = { ...alwaysOn, connectivity: "store_and_forward", devices: { meter: null } } as const;
const tracker = {
  ...alwaysOn,
  connectivity: "disconnected_tolerant",
  devices: { tracker: null },
} as const;

/** Connects at one second and speaks until then. @returns when it spoke last */
async function speakUntil(at: StoryTools, name: string, until: number): Promise<number> {
  await at.until(1);
  at.is(name, await at.device(name).connect(), "online");
  return at.device(name).talk({ until });
}

/** A session in which a device delivers what it has. @returns when it ended */
async function session(at: StoryTools, name: string, seconds: number): Promise<number> {
  const device = at.device(name);
  at.is(name, await device.connect(), "online");
  await device.say();
  await at.until(at.now() + seconds);
  const gone = await device.goodbye();
  at.is(name, gone, "idle");
  return gone;
}

/** One message by mosquitto_pub, which connects for it and is gone at once. */
async function publishOnce(at: StoryTools, name: string): Promise<number> {
  const { id, token } = at.device(name).identity;
  const where = ["-h", "127.0.0.1", "-p", String(at.portOf("A")), "-q", "1"];
  const who = ["-i", id, "-u", id, "-P", token];
  await run("mosquitto_pub", [
    ...where,
    ...who,
    "-t",
    `qs/v1/d/${id}/up/telemetry`,
    "-m",
    '{"n":1}',
  ]);
  const gone = at.now();
  at.is(name, gone - 0.1, "online", { isBrief: true });
  at.is(name, gone, "idle", { isBrief: true });
  return gone;
}

const always: readonly Story[] = [
  {
    ...alwaysOn,
    name: "reports, says goodbye, and does not come back",
    tell: async (at) => {
      const last = await speakUntil(at, "pump", 13);
      at.is("pump", await at.device("pump").goodbye(), "idle");
      at.fallsSilent("pump", last);
      await at.until(last + 33);
    },
  },
  {
    ...alwaysOn,
    name: "reports, and its network fails without a word",
    tell: async (at) => {
      const last = await speakUntil(at, "pump", 13);
      at.is("pump", await at.device("pump").drop(), "idle");
      at.fallsSilent("pump", last);
      await at.until(last + 33);
    },
  },
  {
    ...alwaysOn,
    name: "hangs; keep-alive ends its connection",
    tell: async (at) => {
      const pump = at.device("pump");
      await at.until(1);
      at.is("pump", await pump.connect("A", { keepalive: 3 }), "online");
      const last = await pump.talk({ until: 5, every: 2 });
      pump.hang();
      // Half as long again as it promised a sign.
      at.is("pump", last + 4.5, "idle", { within: 2 });
      at.fallsSilent("pump", last);
      await at.until(last + 33);
    },
  },
  {
    ...alwaysOn,
    name: "keeps its connection and says nothing any more, then speaks again",
    tell: async (at) => {
      const last = await speakUntil(at, "pump", 9);
      at.fallsSilent("pump", last);
      await at.until(last + 34);
      at.is("pump", await at.device("pump").say(), "online");
      await at.until(at.now() + 4);
    },
  },
  {
    ...alwaysOn,
    name: "is late on an open connection, and speaks in time before it is silent",
    tell: async (at) => {
      const last = await speakUntil(at, "pump", 5);
      at.is("pump", last + 10, "late");
      await at.until(last + 18);
      at.is("pump", await at.device("pump").say(), "online");
      await at.device("pump").talk({ until: at.now() + 9 });
      at.is("pump", await at.device("pump").goodbye(), "idle");
      await at.until(at.now() + 3);
    },
  },
  {
    ...alwaysOn,
    name: "only listens: its connection is all that is expected of it",
    tell: async (at) => {
      await at.until(1);
      at.is("pump", await at.device("pump").connect(), "online");
      await at.until(30);
      const gone = await at.device("pump").goodbye();
      at.is("pump", gone, "idle");
      at.is("pump", gone + 10, "late");
      await at.until(gone + 14);
    },
  },
  {
    ...alwaysOn,
    name: "flaps on a bad radio link",
    tell: async (at) => {
      for (let turn = 0; turn < 6; turn += 1) {
        await at.until(2 + turn * 6);
        const came = await at.device("pump").connect();
        at.is("pump", came, "online");
        await at.device("pump").say();
        await at.until(came + 3);
        at.is("pump", await at.device("pump").drop(), "idle");
      }
      await at.until(at.now() + 4);
    },
  },
  {
    ...alwaysOn,
    name: "connects again while its old connection is open: taken over on the same worker",
    tell: async (at) => {
      await speakUntil(at, "pump", 9);
      await at.device("pump").connect();
      await at.device("pump").talk({ until: 22 });
      await at.device("pump").connect();
      await at.device("pump").talk({ until: 30 });
      at.is("pump", await at.device("pump").goodbye(), "idle");
      await at.until(at.now() + 4);
    },
  },
  {
    ...alwaysOn,
    name: "connects to another worker while its old connection is open, and back",
    tell: async (at) => {
      await speakUntil(at, "pump", 9);
      await at.device("pump").connect("B");
      await at.device("pump").talk({ until: 22 });
      await at.device("pump").connect("A");
      await at.device("pump").talk({ until: 30 });
      const gone = await at.device("pump").drop();
      at.is("pump", gone, "idle");
      await at.until(gone + 4);
    },
  },
  {
    ...alwaysOn,
    name: "goes from worker to worker, each time for one report",
    tell: async (at) => {
      for (let turn = 0; turn < 5; turn += 1) {
        await at.until(2 + turn * 7);
        const came = await at.device("pump").connect(turn % 2 === 0 ? "A" : "B");
        at.is("pump", came, "online");
        await at.device("pump").say();
        await at.until(came + 3);
        at.is("pump", await at.device("pump").goodbye(), "idle");
      }
      await at.until(at.now() + 4);
    },
  },
  {
    ...alwaysOn,
    name: "is a script that runs mosquitto_pub every few seconds",
    needs: ["mosquitto_pub"],
    tell: async (at) => {
      let last = 0;
      for (let turn = 0; turn < 6; turn += 1) {
        await at.until(2 + turn * 5);
        last = await publishOnce(at, "pump");
      }
      at.fallsSilent("pump", last);
      await at.until(last + 33);
    },
  },
  {
    ...alwaysOn,
    name: "its clock jumps to 1970, to 2099 and back",
    tell: async (at) => {
      const pump = at.device("pump");
      await at.until(1);
      at.is("pump", await pump.connect(), "online");
      for (const ts of [undefined, 1_000, Date.UTC(2099, 0, 1), 0, undefined]) {
        await pump.say({ ts: ts ?? Date.now() });
        await at.until(at.now() + 5);
      }
      const last = await pump.say({ ts: Date.UTC(2099, 0, 1) });
      at.is("pump", await pump.drop(), "idle");
      at.fallsSilent("pump", last);
      await at.until(last + 33);
    },
  },
  {
    ...alwaysOn,
    name: "says nothing that can be read, and the same again and again",
    tell: async (at) => {
      const pump = at.device("pump");
      await at.until(1);
      at.is("pump", await pump.connect(), "online");
      const ts = Date.now();
      let last = await pump.say({ id: "m1", ts });
      for (let turn = 0; turn < 3; turn += 1) {
        await at.until(at.now() + 6);
        last = await pump.say(turn === 1 ? { id: "m1", ts } : { raw: "no JSON {" });
      }
      at.is("pump", last + 10, "late");
      await at.until(last + 14);
    },
  },
  {
    ...alwaysOn,
    name: "is refused: it was never seen",
    tell: async (at) => {
      for (const time of [1, 5, 9]) {
        await at.until(time);
        await at.device("pump").knock("A", { token: "not its token" });
      }
      await at.until(13);
    },
  },
];

const batteries: readonly Story[] = [
  {
    ...meter,
    name: "a meter reports in short sessions",
    tell: async (at) => {
      for (let turn = 0; turn < 4; turn += 1) {
        await at.until(2 + turn * 9);
        await session(at, "meter", 3);
      }
      await at.until(at.now() + 4);
    },
  },
  {
    ...meter,
    name: "a meter misses its time, comes back with what it kept, and is gone for good",
    tell: async (at) => {
      await at.until(1);
      const first = await session(at, "meter", 2);
      at.fallsSilent("meter", first);
      await at.until(first + 34);
      const meterDevice = at.device("meter");
      at.is("meter", await meterDevice.connect(), "online");
      const now = Date.now();
      await meterDevice.say({ times: [30_000, 20_000, 10_000, 0].map((age) => now - age) });
      await at.until(at.now() + 3);
      const gone = await meterDevice.goodbye();
      at.is("meter", gone, "idle");
      at.is("meter", gone + 10, "late");
      await at.until(gone + 14);
    },
  },
  {
    ...meter,
    name: "a meter delivers old readings only: it is there all the same",
    tell: async (at) => {
      const device = at.device("meter");
      await at.until(1);
      at.is("meter", await device.connect(), "online");
      for (const hours of [30, 20, 10]) {
        await device.say({ ts: Date.now() - hours * 3_600_000 });
        await at.until(at.now() + 3);
      }
      const gone = await device.goodbye();
      at.is("meter", gone, "idle");
      at.fallsSilent("meter", gone);
      await at.until(gone + 34);
    },
  },
  {
    ...meter,
    name: "a meter stays connected for long without a word",
    tell: async (at) => {
      await at.until(1);
      at.is("meter", await at.device("meter").connect(), "online");
      await at.device("meter").say();
      await at.until(36);
      const gone = await at.device("meter").drop();
      at.is("meter", gone, "idle");
      at.is("meter", gone + 10, "late");
      await at.until(gone + 14);
    },
  },
  {
    ...tracker,
    name: "a tracker is out of reach, and back before it is late",
    tell: async (at) => {
      await at.until(1);
      await session(at, "tracker", 3);
      await at.until(19);
      await session(at, "tracker", 3);
      await at.until(at.now() + 4);
    },
  },
  {
    ...tracker,
    name: "a tracker is out of reach for too long",
    tell: async (at) => {
      await at.until(1);
      const gone = await session(at, "tracker", 3);
      at.fallsSilent("tracker", gone);
      await at.until(gone + 63);
      await session(at, "tracker", 3);
      await at.until(at.now() + 4);
    },
  },
];

/** Devices that connect by themselves. */
export const deviceStories: readonly Story[] = [...always, ...batteries];
