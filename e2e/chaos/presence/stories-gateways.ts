import type { Story, StoryTools } from "#e2e/chaos/presence/story.ts";
import { resumeDevice } from "#server/services/device/resume.ts";
import { suspendDevice } from "#server/services/device/suspend.ts";

const behind = {
  connectivity: "always_on",
  expectedSeconds: 10,
  devices: { hall: null, pump: "hall" },
} as const;

/** The gateway connects and speaks for both until then. @returns when it did so last */
async function speakUntil(at: StoryTools, until: number): Promise<number> {
  await at.until(1);
  const came = await at.device("hall").connect();
  at.is("hall", came, "online");
  // Its first message follows that of the gateway.
  at.is("pump", came + 0.5, "online", { within: 3 });
  return at.device("hall").talk({ until, children: [at.device("pump")] });
}

/** It connects again and speaks for itself, and three seconds later for its child. */
async function comeBack(at: StoryTools): Promise<number> {
  const [hall, pump] = [at.device("hall"), at.device("pump")];
  const back = await hall.connect();
  at.is("hall", back, "online");
  await hall.say();
  await at.until(at.now() + 3);
  at.is("pump", await hall.say({ child: pump }), "online");
  await at.until(at.now() + 4);
  return back;
}

/** Gateways, and what they say of the devices behind them. */
export const gatewayStories: readonly Story[] = [
  {
    ...behind,
    name: "a child is heard through its gateway, which loses its network for a moment",
    tell: async (at) => {
      await speakUntil(at, 13);
      at.is("hall", await at.device("hall").drop(), "idle");
      await at.until(at.now() + 4);
      at.is("hall", await at.device("hall").connect("B"), "online");
      await at.device("hall").talk({ until: 30, children: [at.device("pump")] });
      await at.until(at.now() + 4);
    },
  },
  {
    ...behind,
    name: "a gateway falls silent, and its child is stranded until both are back",
    tell: async (at) => {
      const last = await speakUntil(at, 9);
      at.is("hall", await at.device("hall").drop(), "idle");
      at.fallsSilent("hall", last);
      at.is("pump", last + 10, "late");
      at.is("pump", last + 30, "stranded");
      await at.until(last + 36);
      const back = await comeBack(at);
      at.is("pump", back, "silent");
    },
  },
  {
    ...behind,
    name: "a child falls silent while its gateway goes on",
    tell: async (at) => {
      const last = await speakUntil(at, 5);
      at.fallsSilent("pump", last);
      await at.device("hall").talk({ until: last + 34 });
      at.is("pump", await at.device("hall").say({ child: at.device("pump") }), "online");
      await at.until(at.now() + 4);
    },
  },
  {
    ...behind,
    name: "a gateway delivers what its child collected while nobody heard it",
    tell: async (at) => {
      const [hall, pump] = [at.device("hall"), at.device("pump")];
      const last = await speakUntil(at, 5);
      at.fallsSilent("pump", last);
      const began = Date.now() - (at.now() - last) * 1_000;
      await hall.talk({ until: last + 20 });
      // None of it is newer than what was heard already.
      await hall.say({ child: pump, ts: began - 5_000 });
      await hall.talk({ until: last + 36 });
      await hall.say({ child: pump, times: [20_000, 15_000, 8_000].map((ms) => began - ms) });
      await at.until(at.now() + 4);
    },
  },
  {
    ...behind,
    name: "back-fill in order, up to the present, ends the silence of a child",
    tell: async (at) => {
      const [hall, pump] = [at.device("hall"), at.device("pump")];
      const last = await speakUntil(at, 5);
      at.fallsSilent("pump", last);
      await hall.talk({ until: last + 40 });
      // As of 17 seconds ago it was alive: late, and not silent.
      const told = await hall.say({ child: pump, ts: Date.now() - 17_000 });
      at.is("pump", told, "late", { within: 3 });
      await at.until(told + 5);
      const now = Date.now();
      const times = [15_000, 9_000, 3_000, 500].map((ms) => now - ms);
      at.is("pump", (await hall.say({ child: pump, times })) - 0.5, "online");
      await at.until(at.now() + 4);
    },
  },
  {
    ...behind,
    name: "a late batch comes before the live values go on",
    tell: async (at) => {
      const [hall, pump] = [at.device("hall"), at.device("pump")];
      await speakUntil(at, 6);
      at.is("hall", await hall.drop(), "idle");
      await at.until(9);
      at.is("hall", await hall.connect(), "online");
      const now = Date.now();
      await hall.say({ child: pump, times: [6_000, 4_000, 2_000].map((ms) => now - ms) });
      await hall.talk({ until: 28, children: [pump] });
      await at.until(at.now() + 3);
    },
  },
  {
    ...behind,
    name: "a child's clock jumps to 1970 and 2099: it is alive as of the receipt",
    tell: async (at) => {
      const [hall, pump] = [at.device("hall"), at.device("pump")];
      await at.until(1);
      at.is("hall", await hall.connect(), "online");
      await hall.say();
      let last = await hall.say({ child: pump, ts: Date.UTC(2099, 0, 1) });
      at.is("pump", last, "online");
      for (const ts of [1_000, Date.UTC(2099, 5, 1), undefined]) {
        await at.until(at.now() + 5);
        await hall.say();
        last = await hall.say({ child: pump, ts: ts ?? Date.now() });
      }
      at.fallsSilent("pump", last);
      await hall.talk({ until: last + 34 });
    },
  },
  {
    ...behind,
    name: "a gateway is suspended, and resumed",
    tell: async (at) => {
      const { ctx } = at;
      const last = await speakUntil(at, 9);
      const deviceId = at.device("hall").identity.id;
      const reason = "";
      await suspendDevice(ctx, { deviceId, reason });
      at.is("hall", at.now(), "suspended");
      at.is("pump", last + 10, "stranded");
      await at.until(last + 16);
      await resumeDevice(ctx, { deviceId, reason });
      at.is("hall", at.now(), "late");
      at.is("pump", at.now(), "late");
      await at.until(at.now() + 4);
      await comeBack(at);
    },
  },
];
