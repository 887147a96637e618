import type { HistoryStep, PresenceHistory } from "#server/testing/presence-histories/history.ts";

const hour = 3_600;

const alwaysOn = {
  origin: "written",
  connectivity: "always_on",
  expectedSeconds: 300,
  devices: { pump: null },
} as const;
const behind = { ...alwaysOn, devices: { hall: null, pump: "hall" } } as const;

/** Messages of several devices, one each `every` seconds. */
function talk(
  devices: readonly string[],
  at: { from: number; until: number; every?: number },
): HistoryStep[] {
  const steps: HistoryStep[] = [];
  for (let time = at.from; time <= at.until; time += at.every ?? 60) {
    for (const device of devices) steps.push({ at: time, do: "message", device });
  }
  return steps;
}

/** Gateways, credentials, people, and clocks. */
export const circumstanceHistories: readonly PresenceHistory[] = [
  {
    ...behind,
    name: "a child is heard through its gateway, which reconnects now and then",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 12, until: 312 }),
      { at: 320, do: "disconnect", device: "hall" },
      { at: 400, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 402, until: 522 }),
    ],
    until: 600,
    expect: {
      hall: [
        [10, "online"],
        [320, "idle"],
        [400, "online"],
      ],
      pump: [[12, "online"]],
    },
  },
  {
    ...behind,
    name: "a gateway goes silent, its child is stranded; both come back",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 12, until: 72 }),
      { at: 100, do: "disconnect", device: "hall" },
      { at: 2_000, do: "connect", device: "hall" },
      ...talk(["hall"], { from: 2_001, until: 2_001 }),
      ...talk(["hall", "pump"], { from: 2_060, until: 2_200 }),
    ],
    until: 2_300,
    expect: {
      hall: [
        [10, "online"],
        [100, "idle"],
        [372, "late"],
        [972, "silent"],
        [2_000, "online"],
      ],
      // By its own time it would be silent as well; that its gateway is comes before that.
      pump: [
        [12, "online"],
        [372, "late"],
        [972, "stranded"],
        [2_000, "silent"],
        [2_060, "online"],
      ],
    },
  },
  {
    ...behind,
    name: "a gateway delivers what its child collected hours ago",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 12, until: 72 }),
      ...talk(["hall"], { from: 132, until: 2 * hour, every: 280 }),
      ...[1, 2, 3].map((n): HistoryStep => {
        return { at: 2 * hour + n, do: "message", device: "pump", age: hour + 1_000 * n };
      }),
    ],
    until: 2 * hour + 60,
    expect: {
      hall: [[10, "online"]],
      pump: [
        [12, "online"],
        [372, "late"],
        [972, "silent"],
      ],
    },
  },
  {
    ...behind,
    name: "back-fill that reaches to the present is a sign of life",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 12, until: 12 }),
      ...talk(["hall"], { from: 72, until: 1_200 }),
      { at: 1_210, do: "message", device: "pump", age: 600 },
      { at: 1_220, do: "message", device: "pump", age: 20 },
    ],
    until: 1_300,
    expect: {
      hall: [[10, "online"]],
      pump: [
        [12, "online"],
        [312, "late"],
        [912, "silent"],
        [1_210, "late"],
        [1_220, "online"],
      ],
    },
  },
  {
    ...behind,
    name: "a child's clock is in 2099",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall"], { from: 12, until: 600 }),
      { at: 601, do: "message", device: "hall" },
      { at: 602, do: "message", device: "pump", age: -2_000_000_000 },
      ...talk(["hall"], { from: 662, until: 1_200 }),
    ],
    until: 1_220,
    expect: {
      hall: [[10, "online"]],
      pump: [
        [602, "online"],
        [902, "late"],
      ],
    },
  },
  {
    ...behind,
    name: "a gateway is suspended, and resumed",
    steps: [
      { at: 10, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 12, until: 72 }),
      { at: 100, do: "state", device: "hall", state: "suspended" },
      { at: 101, do: "disconnect", device: "hall", reason: "it was suspended" },
      { at: 900, do: "state", device: "hall", state: "active" },
      { at: 930, do: "connect", device: "hall" },
      ...talk(["hall", "pump"], { from: 932, until: 1_000 }),
    ],
    until: 1_010,
    expect: {
      hall: [
        [10, "online"],
        [100, "suspended"],
        [900, "late"],
        [930, "online"],
      ],
      pump: [
        [12, "online"],
        [372, "stranded"],
        [900, "late"],
        [932, "online"],
      ],
    },
  },
  {
    ...behind,
    name: "a gateway behind a gateway: both are folded under the top",
    devices: { top: null, hall: "top", pump: "hall" },
    steps: [
      { at: 10, do: "connect", device: "top" },
      ...talk(["top", "hall", "pump"], { from: 12, until: 12 }),
      { at: 40, do: "disconnect", device: "top" },
    ],
    until: 1_300,
    expect: {
      top: [
        [10, "online"],
        [40, "idle"],
        [312, "late"],
        [912, "silent"],
      ],
      hall: [
        [12, "online"],
        [312, "late"],
        [912, "stranded"],
      ],
      pump: [
        [12, "online"],
        [312, "late"],
        [912, "stranded"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "its certificate ends while it is silent, and somebody gives it another",
    steps: [
      { at: 5, do: "certificate-ends", device: "pump", in: 3_000 },
      { at: 10, do: "connect", device: "pump" },
      ...talk(["pump"], { from: 12, until: 72 }),
      { at: 80, do: "disconnect", device: "pump" },
      { at: 4_000, do: "new-credential", device: "pump" },
      { at: 4_100, do: "connect", device: "pump" },
    ],
    until: 4_200,
    expect: {
      pump: [
        [10, "online"],
        [80, "idle"],
        [372, "late"],
        [972, "silent"],
        [3_005, "stranded"],
        [4_000, "silent"],
        [4_100, "online"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "its certificate is revoked while it is connected",
    steps: [
      { at: 5, do: "certificate-ends", device: "pump", in: 90_000 },
      { at: 10, do: "connect", device: "pump" },
      ...talk(["pump"], { from: 12, until: 72 }),
      { at: 100, do: "certificate-revoked", device: "pump" },
      { at: 101, do: "disconnect", device: "pump", reason: "its certificate was revoked" },
    ],
    until: 1_000,
    expect: {
      pump: [
        [10, "online"],
        [101, "idle"],
        [372, "stranded"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "people expect it less often",
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 12, do: "message", device: "pump" },
      { at: 400, do: "expected", seconds: 3_600 },
    ],
    until: 1_000,
    expect: {
      pump: [
        [10, "online"],
        [312, "late"],
        [400, "online"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "the worker's clock is two hours behind",
    steps: [
      { at: 1, do: "worker-clock", worker: "A", ahead: -2 * hour },
      { at: 10, do: "connect", device: "pump" },
      ...talk(["pump"], { from: 12, until: 312 }),
      { at: 320, do: "disconnect", device: "pump" },
    ],
    until: 700,
    expect: {
      pump: [
        [10, "online"],
        [320, "idle"],
        [612, "late"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "the worker's clock is two hours ahead",
    steps: [
      { at: 1, do: "worker-clock", worker: "A", ahead: 2 * hour },
      { at: 10, do: "connect", device: "pump" },
      ...talk(["pump"], { from: 12, until: 312 }),
      { at: 320, do: "disconnect", device: "pump" },
    ],
    until: 1_300,
    expect: {
      pump: [
        [10, "online"],
        [320, "idle"],
        [612, "late"],
        [1_212, "silent"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "the database's clock is set two hours ahead: nobody is called overdue by it",
    devices: { pump: null, fan: null },
    steps: [
      { at: 10, do: "connect", device: "pump" },
      { at: 10, do: "connect", device: "fan" },
      ...talk(["pump", "fan"], { from: 12, until: 72 }),
      { at: 80, do: "disconnect", device: "fan" },
      { at: 100, do: "database-clock", ahead: 2 * hour },
      ...talk(["pump"], { from: 132, until: 600 }),
    ],
    until: 620,
    expect: {
      pump: [[10, "online"]],
      fan: [
        [10, "online"],
        [80, "idle"],
        [2 * hour + 400, "late"],
      ],
    },
  },
  {
    ...alwaysOn,
    name: "the database's clock is set two hours back: who goes after it is found out as before",
    steps: [
      { at: 3 * hour, do: "connect", device: "pump" },
      ...talk(["pump"], { from: 3 * hour + 2, until: 3 * hour + 62 }),
      { at: 3 * hour + 70, do: "database-clock", ahead: -2 * hour },
      ...talk(["pump"], { from: 3 * hour + 122, until: 3 * hour + 182 }),
    ],
    until: 3 * hour + 600,
    // Since the clock was set back the change lies before the connect, by that clock.
    expect: { pump: [[3 * hour, "late"]] },
  },
];
