import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  judgePresenceOf,
  serverEndings,
  type GatewayFacts,
  type PresenceFacts,
} from "#server/domain/judge-presence.ts";
import { presences, type Presence, type PresenceCause } from "#server/domain/presence.ts";

const now = Date.UTC(2026, 10, 28, 12);
const second = 1_000;
const hour = 3_600_000;
const ago = (seconds: number): number => now - seconds * second;

const plain: PresenceFacts = {
  state: "active",
  connectivity: "always_on",
  expectedMs: 300 * second,
  connected: false,
  spoke: false,
  contactAt: null,
  connectedAt: null,
  disconnectedAt: null,
  disconnectReason: null,
  lastMessageAt: null,
  gateway: null,
  credentialsEndAt: null,
  before: { presence: "never_seen", since: ago(1_000_000) },
  now,
  pause: null,
};

type Row = readonly [
  what: string,
  facts: Partial<PresenceFacts>,
  presence: Presence,
  cause?: PresenceCause,
  due?: number | null,
];

/** The rows with what they have in common. */
function cases(common: Partial<PresenceFacts>, rows: readonly Row[]) {
  return rows.map(([what, facts, presence, cause = "", due]) => {
    return { what, facts: { ...plain, ...common, ...facts }, presence, cause, due };
  });
}

function check({ facts, presence, cause, due }: ReturnType<typeof cases>[number]): void {
  const judged = judgePresenceOf(facts);
  const told = { presence: judged.presence, cause: judged.cause };
  expect({ ...told, due: due === undefined ? undefined : judged.dueAt }).toEqual({
    presence,
    cause,
    due,
  });
}

const spokeAgo = (seconds: number): Partial<PresenceFacts> => {
  return { spoke: true, contactAt: ago(seconds), lastMessageAt: ago(seconds) };
};

describe("always on, expected every 300 s", () => {
  it.each(
    cases({}, [
      ["never heard", {}, "never_seen", "", null],
      ["connected, has never sent anything", { connected: true, contactAt: ago(9_000) }, "online"],
      ["connected and heard", { connected: true, ...spokeAgo(1) }, "online", "", ago(1 - 300) + 1],
      ["connected, quiet up to its time", { connected: true, ...spokeAgo(300) }, "online"],
      ["connected but mute", { connected: true, ...spokeAgo(300.001) }, "late", "mute"],
      [
        "connected but mute for long",
        { connected: true, ...spokeAgo(901) },
        "silent",
        "mute",
        null,
      ],
      [
        "gone, heard in time",
        { ...spokeAgo(250), disconnectedAt: ago(5) },
        "idle",
        "",
        now + 50_001,
      ],
      ["heard exactly at its expected time", spokeAgo(300), "idle"],
      ["a millisecond overdue", spokeAgo(300.001), "late"],
      ["overdue by exactly three times", spokeAgo(900), "late"],
      ["overdue by more", spokeAgo(900.001), "silent", "", null],
      [
        "mute, then gone: it does not get better",
        { ...spokeAgo(600), disconnectedAt: ago(1) },
        "late",
      ],
      ["has only ever connected", { contactAt: ago(400), disconnectedAt: ago(20) }, "idle"],
      ["heard in the future (a clock jumped)", spokeAgo(-7_200), "idle"],
    ]),
  )("$what", check);
});

describe("store and forward, expected every day", () => {
  it.each(
    cases({ connectivity: "store_and_forward", expectedMs: 24 * hour }, [
      ["in its short session", { connected: true, ...spokeAgo(2) }, "online", "", null],
      ["in a session that says nothing", { connected: true, ...spokeAgo(90_000) }, "online"],
      ["asleep between two", { ...spokeAgo(3_600), disconnectedAt: ago(3_590) }, "idle"],
      ["its session counts", { ...spokeAgo(90_000), disconnectedAt: ago(60) }, "idle"],
      ["a day and a bit", spokeAgo(86_401), "late", "", now + 172_799_001],
      ["three days and a bit", spokeAgo(3 * 86_400 + 1), "silent"],
    ]),
  )("$what", check);
});

describe("tolerates being disconnected, expected every hour", () => {
  it.each(
    cases({ connectivity: "disconnected_tolerant", expectedMs: hour }, [
      ["away for two hours", spokeAgo(7_200), "idle"],
      ["away for longer", spokeAgo(7_201), "late"],
      ["away for six hours", spokeAgo(21_600), "late"],
      ["away for longer still", spokeAgo(21_601), "silent"],
    ]),
  )("$what", check);
});

describe("what people decide counts", () => {
  it.each(
    cases({ connected: true, ...spokeAgo(1) }, [
      ["suspended", { state: "suspended" }, "suspended", "state", null],
      ["quarantined", { state: "quarantined" }, "quarantined", "state"],
      ["decommissioned", { state: "decommissioned" }, "decommissioned", "state"],
    ]),
  )("$what", check);
});

const gatewayIs = (presence: Presence, more: Partial<GatewayFacts> = {}) => {
  return { gateway: { key: "12", presence, since: ago(100), foldedKey: null, ...more } };
};

describe("a child behind a gateway, always on, expected every 300 s", () => {
  it.each(
    cases({}, [
      ["heard in time", { ...spokeAgo(10), ...gatewayIs("online") }, "online", "gateway"],
      ["its gateway reconnects", { ...spokeAgo(10), ...gatewayIs("idle") }, "online", "gateway"],
      [
        "overdue behind a gateway that is well",
        { ...spokeAgo(400), ...gatewayIs("online") },
        "late",
      ],
      ["overdue behind a late gateway", { ...spokeAgo(400), ...gatewayIs("late") }, "late"],
      [
        "old readings of it arrive",
        { spoke: true, contactAt: ago(9_000), lastMessageAt: ago(2), ...gatewayIs("online") },
        "silent",
        "backfill",
      ],
      [
        "in time behind a silent gateway",
        { ...spokeAgo(250), ...gatewayIs("silent") },
        "online",
        "gateway",
      ],
      [
        "overdue behind a silent gateway",
        { ...spokeAgo(400), ...gatewayIs("silent") },
        "stranded",
        "gateway",
      ],
      [
        "overdue behind a stranded one",
        { ...spokeAgo(4_000), ...gatewayIs("stranded") },
        "stranded",
        "gateway",
      ],
      [
        "overdue behind a suspended one",
        { ...spokeAgo(400), ...gatewayIs("suspended") },
        "stranded",
        "gateway",
      ],
      [
        "connected by itself",
        { connected: true, ...spokeAgo(10), ...gatewayIs("silent") },
        "online",
      ],
      ["never heard", gatewayIs("silent"), "never_seen"],
      [
        "its own credentials do not matter",
        { ...spokeAgo(400), ...gatewayIs("online"), credentialsEndAt: ago(9) },
        "late",
      ],
    ]),
  )("$what", check);
});

describe("what it can show has ended", () => {
  it.each(
    cases({ credentialsEndAt: ago(50) }, [
      ["not overdue yet", spokeAgo(200), "idle"],
      ["overdue", spokeAgo(400), "stranded", "credential", null],
      ["overdue for long", spokeAgo(4_000), "stranded", "credential"],
      ["connected still", { connected: true, ...spokeAgo(400) }, "late", "mute"],
      ["it never had any", { ...spokeAgo(400), credentialsEndAt: null }, "late"],
      [
        "something never ends",
        { ...spokeAgo(4_000), credentialsEndAt: Infinity },
        "silent",
        "",
        null,
      ],
      ["it ends soon", { ...spokeAgo(4_000), credentialsEndAt: now + 9 }, "silent", "", now + 9],
    ]),
  )("$what", check);
});

describe("the server ended the connection", () => {
  it.each(
    cases({ ...spokeAgo(10), disconnectedAt: ago(20) }, [
      [
        "a moment ago",
        { disconnectReason: serverEndings.stopped },
        "online",
        "resuming",
        now + 40_000,
      ],
      ["its process died", { disconnectReason: serverEndings.died }, "online", "resuming"],
      [
        "it has not come back",
        { disconnectReason: serverEndings.died, disconnectedAt: ago(60) },
        "idle",
      ],
      ["the device went by itself", { disconnectReason: "keep-alive timeout" }, "idle"],
    ]),
  )("$what", check);
});

describe("the server was away", () => {
  it.each(
    cases({ pause: { from: ago(4_000), until: ago(100) } }, [
      ["was due while it was away", spokeAgo(4_100), "idle", "", now + 200_001],
      ["was late before", spokeAgo(4_400), "late"],
      ["was silent before", spokeAgo(9_000), "silent"],
      [
        "patience has an end",
        { ...spokeAgo(4_100), pause: { from: ago(4_000), until: ago(301) } },
        "late",
      ],
      ["connected meanwhile", { connected: true, ...spokeAgo(4_100) }, "online"],
    ]),
  )("$what", check);
});

describe("since when", () => {
  const stepsOf = (facts: Partial<PresenceFacts>) =>
    judgePresenceOf({ ...plain, ...facts }).steps.map(({ at, presence }) => [
      presence,
      (at - now) / second,
    ]);

  const rows: readonly [
    what: string,
    facts: Partial<PresenceFacts>,
    steps: [Presence, number][],
  ][] = [
    [
      "it is connected: since its connect",
      {
        connected: true,
        connectedAt: ago(3),
        contactAt: ago(1),
        spoke: true,
        before: { presence: "silent", since: ago(900) },
      },
      [["online", -3]],
    ],
    [
      "it speaks again: since its message",
      {
        connected: true,
        connectedAt: ago(9_000),
        ...spokeAgo(2),
        before: { presence: "late", since: ago(60) },
      },
      [["online", -2]],
    ],
    [
      "it is silent: since its last contact and three times its expected time, not since somebody looked",
      {
        ...spokeAgo(5_000),
        disconnectedAt: ago(4_990),
        before: { presence: "online", since: ago(9_000) },
      },
      [
        ["idle", -4_990],
        ["late", -4_700],
        ["silent", -4_100],
      ],
    ],
    [
      "it was late already",
      { ...spokeAgo(1_000), before: { presence: "late", since: ago(700) } },
      [["silent", -100]],
    ],
    [
      "its gateway went after it was late",
      { ...spokeAgo(800), ...gatewayIs("silent"), before: { presence: "late", since: ago(500) } },
      [["stranded", -100]],
    ],
    [
      "its gateway came back, itself is not heard yet",
      {
        ...spokeAgo(4_000),
        ...gatewayIs("online"),
        before: { presence: "stranded", since: ago(900) },
      },
      [["silent", -100]],
    ],
    [
      "somebody resumed it, and it is not heard",
      { ...spokeAgo(4_000), before: { presence: "suspended", since: ago(500) } },
      [["silent", 0]],
    ],
    ["nothing changed", { ...spokeAgo(10), before: { presence: "idle", since: ago(99) } }, []],
  ];
  it.each(rows)("%s", (_what, facts, steps) => {
    expect(stepsOf(facts)).toEqual(steps);
  });
});

it("folds under the top-most gateway that is not heard", () => {
  const of = (gateway: Partial<PresenceFacts>) =>
    judgePresenceOf({ ...plain, ...spokeAgo(400), ...gateway }).foldedKey;
  expect(of(gatewayIs("silent"))).toBe("12");
  expect(of(gatewayIs("stranded", { foldedKey: "3" }))).toBe("3");
  expect(of(gatewayIs("online"))).toBeNull();
});

describe("of any facts", () => {
  const instant = fc.option(fc.integer({ min: now - 30 * hour, max: now + 2 * hour }));
  const any = fc.record({
    state: fc.constantFrom("active" as const, "suspended" as const),
    connectivity: fc.constantFrom(
      "always_on" as const,
      "store_and_forward" as const,
      "disconnected_tolerant" as const,
    ),
    expectedMs: fc.integer({ min: 1_000, max: 10 * hour }),
    connected: fc.boolean(),
    spoke: fc.boolean(),
    contactAt: instant,
    connectedAt: instant,
    disconnectedAt: instant,
    disconnectReason: fc.constantFrom(null, "connection lost", serverEndings.died),
    lastMessageAt: instant,
    gateway: fc.option(
      fc.record({
        key: fc.constant("1"),
        presence: fc.constantFrom(...presences),
        since: fc.integer({ min: now - hour, max: now }),
        foldedKey: fc.constant(null),
      }),
    ),
    credentialsEndAt: fc.option(fc.constantFrom(now - hour, now + hour, Infinity)),
    before: fc.record({
      presence: fc.constantFrom(...presences),
      since: fc.integer({ min: now - 10 * hour, max: now }),
    }),
    pause: fc.option(fc.constant({ from: now - 2 * hour, until: now - hour })),
  });

  it("steps are in order, end at what is judged, and lie between the last change and now", () => {
    fc.assert(
      fc.property(any, (facts) => {
        const { presence, steps } = judgePresenceOf({ ...facts, now });
        expect(steps.at(-1)?.presence ?? facts.before.presence).toBe(presence);
        expect(steps.length > 0).toBe(presence !== facts.before.presence);
        const times = [facts.before.since, ...steps.map(({ at }) => at), now];
        expect(times).toEqual(times.toSorted((a, b) => a - b));
      }),
      { numRuns: 500 },
    );
  });

  it("until it is due, nothing changes by itself", () => {
    fc.assert(
      fc.property(any, fc.double({ min: 0, max: 1, noNaN: true }), (facts, share) => {
        const first = judgePresenceOf({ ...facts, now });
        const until = first.dueAt ?? now + 1_000 * hour;
        const later = Math.floor(now + (until - 1 - now) * share);
        if (later < now || first.presence !== facts.before.presence) return;
        expect(judgePresenceOf({ ...facts, now: later }).presence).toBe(first.presence);
      }),
      { numRuns: 500 },
    );
  });
});
