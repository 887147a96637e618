import type { HistoryStep, PresenceHistory } from "#server/testing/presence-histories/history.ts";

const minute = 60;
const hour = 3_600;
const day = 86_400;

const alwaysOn = {
  origin: "written",
  connectivity: "always_on",
  expectedSeconds: 300,
  devices: { pump: null },
} as const;
const meter = {
  origin: "written",
  connectivity: "store_and_forward",
  expectedSeconds: day,
  devices: { meter: null },
} as const;

/** Messages of a device, one each `every` seconds. */
function talk(
  device: string,
  at: { from: number; until: number; every: number; worker?: string },
): HistoryStep[] {
  const steps: HistoryStep[] = [];
  for (let time = at.from; time <= at.until; time += at.every) {
    steps.push({
      at: time,
      do: "message",
      device,
      ...(at.worker !== undefined && { worker: at.worker }),
    });
  }
  return steps;
}

/** One session in which a device delivers what it has. */
function session(device: string, at: number, seconds = 4): HistoryStep[] {
  return [
    { at, do: "connect", device },
    { at: at + 1, do: "message", device },
    { at: at + seconds, do: "disconnect", device, reason: "the client said goodbye" },
  ];
}

/** Devices that connect by themselves, whatever befalls their connection. */
export const connectionHistories: readonly PresenceHistory[] = [
  {
    ...alwaysOn,
    name: "connects, reports, is switched off",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 612, every: 60 }),
      { at: 640, do: "disconnect", device: "pump", reason: "keep-alive timeout" },
    ],
    until: hour,
    expect: {
      pump: [
        [10, "online"],
        [640, "idle"],
        [912, "late"],
        [1_512, "silent"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "hangs with its connection open, is power-cycled",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 132, every: 60 }),
      { at: 2_000, do: "disconnect", device: "pump" },
      { at: 2_030, do: "connect", device: "pump" },
      ...talk("pump", { from: 2_032, until: 2_332, every: 60 }),
    ],
    until: 2_400,
    expect: {
      pump: [
        [10, "online"],
        [432, "late"],
        [1_032, "silent"],
        [2_030, "online"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "is mute for a while, then speaks on the same connection",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 12, do: "message", device: "pump" },
      ...talk("pump", { from: 500, until: 800, every: 60 }),
    ],
    until: 900,
    expect: {
      pump: [
        [10, "online"],
        [312, "late"],
        [500, "online"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "listens for commands and never sends anything",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 2 * hour, do: "disconnect", device: "pump" },
    ],
    until: 2 * hour + 400,
    expect: {
      pump: [
        [10, "online"],
        [2 * hour, "idle"],
        [2 * hour + 300, "late"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "flaps every twenty seconds on a bad radio link, and reports when it can",
    steps: Array.from({ length: 8 }, (_, n): HistoryStep[] => [
      { at: 10 + n * 20, do: "connect", device: "pump" },
      { at: 11 + n * 20, do: "message", device: "pump" },
      { at: 25 + n * 20, do: "disconnect", device: "pump" },
    ]).flat(),
    until: 180,
    expect: {
      pump: Array.from({ length: 8 }, (_, n) => [
        [10 + n * 20, "online"] as const,
        [25 + n * 20, "idle"] as const,
      ]).flat(),
    },
  },
  {
    ...alwaysOn,
    name: "moves to another worker; the old one notices late",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 72, every: 60 }),
      { at: 100, do: "connect", device: "pump", worker: "B" },
      { at: 190, do: "disconnect", device: "pump", worker: "A", reason: "keep-alive timeout" },
      ...talk("pump", { from: 200, until: 500, every: 60, worker: "B" }),
    ],
    until: 560,
    expect: { pump: [[10, "online"]] },
  },
  {
    ...alwaysOn,
    name: "its old worker writes of the old connection after the new one has ended",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 12, do: "message", device: "pump" },
      { at: 60, do: "connect", device: "pump", worker: "B" },
      { at: 100, do: "disconnect", device: "pump", worker: "B", reason: "connection lost" },
      { at: 110, do: "disconnect", device: "pump", worker: "A", reason: "keep-alive timeout" },
    ],
    until: 400,
    expect: {
      pump: [
        [10, "online"],
        [100, "idle"],
        [360, "late"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "its worker is killed, it is back on another one within the minute",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 132, every: 60 }),
      { at: 140, do: "worker-gone", worker: "A" },
      { at: 150, do: "worker-clock", worker: "B", ahead: 0 },
      { at: 180, do: "connect", device: "pump", worker: "B" },
      ...talk("pump", { from: 190, until: 400, every: 60, worker: "B" }),
    ],
    until: 450,
    expect: { pump: [[10, "online"]] },
  },
  {
    ...alwaysOn,
    name: "its worker is killed, and it does not come back",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 132, every: 60 }),
      { at: 140, do: "worker-gone", worker: "A" },
    ],
    until: 1_200,
    expect: {
      pump: [
        [10, "online"],
        [140, "idle"],
        [432, "late"],
        [1_032, "silent"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "the server is stopped and started for an update",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 132, every: 60 }),
      { at: 140, do: "disconnect", device: "pump", reason: "the server was stopped" },
      { at: 140, do: "away", seconds: 20 },
      { at: 165, do: "connect", device: "pump", worker: "B" },
      ...talk("pump", { from: 170, until: 300, every: 60, worker: "B" }),
    ],
    until: 400,
    expect: { pump: [[10, "online"]] },
  },
  {
    ...alwaysOn,
    name: "its worker stands still for half a minute (SIGSTOP); the connection survives",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 72, every: 60 }),
      { at: 80, do: "worker-gone", worker: "A" },
      { at: 110, do: "worker-goes-on", worker: "A", devices: ["pump"] },
      ...talk("pump", { from: 112, until: 400, every: 60 }),
    ],
    until: 420,
    expect: { pump: [[10, "online"]] },
  },
  {
    ...alwaysOn,
    name: "its worker stands still for four minutes; others say it is gone, then it goes on",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      ...talk("pump", { from: 12, until: 72, every: 60 }),
      { at: 80, do: "worker-gone", worker: "A" },
      { at: 320, do: "worker-goes-on", worker: "A", devices: ["pump"] },
      ...talk("pump", { from: 321, until: 500, every: 60 }),
    ],
    until: 520,
    expect: {
      pump: [
        [10, "online"],
        [80, "idle"],
        [320, "online"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "its worker stands still, it connects elsewhere, the worker goes on",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 12, do: "message", device: "pump" },
      { at: 80, do: "worker-gone", worker: "A" },
      { at: 120, do: "connect", device: "pump", worker: "B" },
      { at: 121, do: "message", device: "pump", worker: "B" },
      { at: 200, do: "worker-goes-on", worker: "A", devices: ["pump"] },
      { at: 201, do: "disconnect", device: "pump", worker: "A", reason: "keep-alive timeout" },
    ],
    until: 400,
    expect: { pump: [[10, "online"]] },
  },
  {
    ...alwaysOn,
    name: "the whole server is away for four hours; everybody has time to come back",
    devices: { pump: null, fan: null },
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 10, do: "connect", device: "fan" },
      ...talk("pump", { from: 12, until: 72, every: 60 }),
      { at: 75, do: "message", device: "fan" },
      { at: 100, do: "worker-gone", worker: "A" },
      { at: 100, do: "away", seconds: 4 * hour },
      { at: 4 * hour + 130, do: "connect", device: "pump", worker: "B" },
      ...talk("pump", { from: 4 * hour + 131, until: 4 * hour + 1_000, every: 60, worker: "B" }),
    ],
    until: 4 * hour + 1_050,
    expect: {
      pump: [
        [10, "online"],
        [100, "idle"],
        [4 * hour + 130, "online"],
      ],
      fan: [
        [10, "online"],
        [100, "idle"],
        [4 * hour + 400, "late"],
        [4 * hour + 700, "silent"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "was silent before the server was away, and still is",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 12, do: "message", device: "pump" },
      { at: 20, do: "disconnect", device: "pump" },
      { at: 2_000, do: "away", seconds: hour },
    ],
    until: 2 * hour,
    expect: {
      pump: [
        [10, "online"],
        [20, "idle"],
        [312, "late"],
        [912, "silent"],
      ],
    },
  },
  {
    ...meter,
    name: "a meter reports every day in a session of seconds",
    steps: [
      ...session("meter", hour),
      ...session("meter", hour + day),
      ...session("meter", hour + 2 * day),
    ],
    until: hour + 2 * day + hour,
    expect: {
      meter: [
        [hour, "online"],
        [hour + 4, "idle"],
        [hour + day, "online"],
        [hour + day + 4, "idle"],
        [hour + 2 * day, "online"],
        [hour + 2 * day + 4, "idle"],
      ],
    },
  },
  {
    ...meter,
    name: "a meter misses its time, then its battery is empty",
    steps: session("meter", hour),
    until: 5 * day,
    expect: {
      meter: [
        [hour, "online"],
        [hour + 4, "idle"],
        [hour + 4 + day, "late"],
        [hour + 4 + 3 * day, "silent"],
      ],
    },
  },
  {
    ...meter,
    name: "a meter's session is over within one write",
    steps: [
      { at: hour, do: "disconnect", device: "meter", reason: "the client said goodbye" },
      { at: hour, do: "message", device: "meter" },
    ],
    until: 2 * hour,
    expect: { meter: [[hour, "idle"]] },
  },
  {
    ...alwaysOn,
    name: "a tracker is out of reach for long",
    connectivity: "disconnected_tolerant",
    expectedSeconds: hour,
    devices: { tracker: null },
    steps: [...session("tracker", 10, 30), ...session("tracker", 90 * minute, 30)],
    until: 9 * hour,
    expect: {
      tracker: [
        [10, "online"],
        [40, "idle"],
        [5_400, "online"],
        [5_430, "idle"],
        [12_630, "late"],
        [27_030, "silent"],
      ],
    },
  },
];
