import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { Delivery } from "#server/broker/fanout.ts";
import type { Publication } from "#server/broker/publication.ts";
import { createRoutes } from "#server/broker/routes.ts";
import type { RoutedSession, Subscription } from "#server/broker/subscription.ts";

type Given = { readonly key: string; readonly delivery: Delivery };

function start(fail?: string) {
  const given: Given[] = [];
  const full: string[] = [];
  const woken: string[] = [];
  const routes = createRoutes({
    workerId: "here",
    sync: { foreignVersion: 5n, catchUp: () => Promise.resolve() },
    local: {
      deliver: (key, delivery) => {
        if (key === fail) throw new Error("broken");
        given.push({ key, delivery });
      },
      wake: (key) => {
        if (key === fail) throw new Error("broken");
        woken.push(key);
      },
    },
    log: pino({ level: "silent" }),
    queueFull: (key, tenantId) => full.push(`${tenantId} ${key}`),
  });
  const put = (
    session: Partial<RoutedSession> & { readonly key: string },
    subscription: Partial<Subscription> = {},
  ): void =>
    routes.apply([
      {
        kind: "put",
        session: { tenantId: "t", id: 7n, keepsMessages: true, workerId: "here", ...session },
        subscriptions: [
          {
            filter: "#",
            qos: 2,
            noLocal: false,
            retainAsPublished: false,
            retainHandling: 0,
            identifier: undefined,
            ...subscription,
          },
        ],
      },
    ]);
  return { routes, given, full, woken, put };
}

function publication(more: Partial<Publication> = {}): Publication {
  return {
    tenantId: "t",
    topic: "a",
    payload: Buffer.from("x"),
    qos: 1,
    retain: false,
    expiresAt: undefined,
    receivedAt: 1,
    forwarded: Buffer.alloc(0),
    publisher: undefined,
    ...more,
  };
}

describe("the way of a message", () => {
  const here = "here";
  const away = undefined;
  test.each([
    ["connected here, keeps, QoS 1", { workerId: here }, 1, "queued"],
    ["connected here, keeps, QoS 0", { workerId: here }, 0, "direct"],
    ["connected here, keeps nothing", { workerId: here, keepsMessages: false }, 2, "direct"],
    ["connected here, no row", { workerId: here, id: undefined }, 1, "direct"],
    ["connected elsewhere, keeps", { workerId: "other" }, 1, "queued"],
    ["connected elsewhere, QoS 0", { workerId: "other" }, 0, "queued"],
    [
      "connected elsewhere, keeps nothing",
      { workerId: "other", keepsMessages: false },
      1,
      "queued",
    ],
    ["connected elsewhere, no row", { workerId: "other", id: undefined }, 1, "unkept"],
    ["away, keeps", { workerId: away }, 1, "queued"],
    ["away, QoS 0", { workerId: away }, 0, "away-qos0"],
    ["away, keeps nothing", { workerId: away, keepsMessages: false }, 1, "away"],
  ] as const)("%s", (_, session, qos, way) => {
    const { routes, put } = start();
    put({ key: "k", ...session });
    const { queued, direct } = routes.plan([publication({ qos })]);
    const dropped = Object.entries(routes.stats().drops).filter(([, count]) => count > 0);
    const ways = [
      ...queued.map(() => "queued"),
      ...direct.map(() => "direct"),
      ...dropped.map(([cause]) => cause),
    ];

    expect(ways).toEqual([way]);
  });
});

describe("what is delivered", () => {
  test.each([
    [0, 2, 0],
    [2, 0, 0],
    [2, 1, 1],
    [1, 2, 1],
    [2, 2, 2],
  ] as const)("published with %i, subscribed with %i: QoS %i", (published, subscribed, qos) => {
    const { routes, put } = start();
    put({ key: "k", keepsMessages: false }, { qos: subscribed });

    expect(routes.plan([publication({ qos: published })]).direct).toMatchObject([{ qos }]);
  });

  test.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
  ])(
    "retain %s with retain-as-published %s arrives as %s",
    (retain, retainAsPublished, arrives) => {
      const { routes, put } = start();
      put({ key: "k", keepsMessages: false }, { retainAsPublished });

      expect(routes.plan([publication({ retain })]).direct).toMatchObject([{ retain: arrives }]);
    },
  );

  test("comes in the order of the publications, kept and not kept", () => {
    const { routes, given, put } = start();
    put({ key: "k" });
    const plan = routes.plan([
      publication({ topic: "1", qos: 0 }),
      publication({ topic: "2", qos: 1 }),
      publication({ topic: "3", qos: 0 }),
      publication({ topic: "4", qos: 2 }),
      publication({ topic: "5", qos: 0 }),
    ]);
    routes.deliver(plan, [10n, 11n]);

    expect(given.map(({ delivery }) => [delivery.publication.topic, delivery.seq])).toEqual([
      ["1", undefined],
      ["2", 10n],
      ["3", undefined],
      ["4", 11n],
      ["5", undefined],
    ]);
    expect(routes.stats()).toMatchObject({ queued: 2, direct: 3 });
  });

  test("is less where a queue is full, which is counted and told", () => {
    const { routes, given, full, put } = start();
    put({ key: "k" });
    routes.deliver(routes.plan([publication(), publication()]), [1n, undefined]);

    expect(given).toHaveLength(1);
    expect(full).toEqual(["t k"]);
    expect(routes.stats().drops["queue-full"]).toBe(1);
  });

  test("is read from the database where the places in the queues are not known", () => {
    const { routes, given, woken, put } = start("bad");
    put({ key: "bad" });
    put({ key: "kept" });
    put({ key: "not-kept", keepsMessages: false });
    routes.deliver(routes.plan([publication(), publication()]), "unknown");

    expect(woken).toEqual(["kept"]);
    expect(given.map(({ key }) => key)).toEqual(["not-kept", "not-kept"]);
  });

  test("reaches the others when one subscriber's delivery throws", () => {
    const { routes, given, put } = start("bad");
    put({ key: "bad" });
    put({ key: "good" });
    routes.deliver(routes.plan([publication()]), [1n, 2n]);

    expect(given.map(({ key }) => key)).toEqual(["good"]);
    expect(routes.stats().drops.fault).toBe(1);
  });
});

test("routes go with their session", () => {
  const { routes, put } = start();
  put({ key: "k" });
  expect(routes.hasSubscribers("t")).toBe(true);
  routes.apply([{ kind: "remove", key: "k", tenantId: "t" }]);

  expect(routes.hasSubscribers("t")).toBe(false);
  expect(routes.plan([publication()])).toMatchObject({ queued: [], direct: [] });
  expect(routes.foreignVersion).toBe(5n);
});
