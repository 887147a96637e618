import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Qos } from "#server/broker/publication.ts";
import { createRouteTree, type Publishing } from "#server/broker/route-tree.ts";
import type { RoutedSession, Subscription } from "#server/broker/subscription.ts";
import { matchesTopic } from "#server/broker/topic-filter.ts";

function session(key: string, more: Partial<RoutedSession> = {}): RoutedSession {
  return { key, tenantId: "t", id: 1n, keepsMessages: true, workerId: "here", ...more };
}

function to(filter: string, more: Partial<Subscription> = {}): Subscription {
  return {
    filter,
    qos: 1,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0,
    identifier: undefined,
    ...more,
  };
}

function on(topic: string, more: Partial<Publishing> = {}): Publishing {
  return { tenantId: "t", topic, qos: 1, publisher: undefined, ...more };
}

const ascending = (one: number, other: number): number => one - other;

function keysOf(matches: readonly { readonly session: RoutedSession }[]): string[] {
  return matches.map(({ session: { key } }) => key).toSorted();
}

describe("who gets a publication", () => {
  test("whoever subscribes in the same tenant, and nobody else", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [to("x/+")]);
    tree.put(session("b"), [to("x/y"), to("z")]);
    tree.put(session("c", { tenantId: "other" }), [to("#")]);

    expect(keysOf(tree.match(on("x/y")))).toEqual(["a", "b"]);
    expect(keysOf(tree.match(on("z")))).toEqual(["b"]);
    expect(tree.match(on("y"))).toEqual([]);
    expect(keysOf(tree.match(on("x/y", { tenantId: "other" })))).toEqual(["c"]);
    expect(tree.match(on("x/y", { tenantId: "third" }))).toEqual([]);
  });

  test("nobody any more after leaving", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [to("x"), to("+")]);
    expect(tree.match(on("x"))).toHaveLength(1);
    tree.put(session("a"), [to("y")]);
    expect(tree.match(on("x"))).toEqual([]);
    expect(tree.hasSubscribers("t")).toBe(true);
    tree.remove("t", "a");
    tree.remove("t", "a");

    expect(tree.match(on("y"))).toEqual([]);
    expect(tree.hasSubscribers("t")).toBe(false);
    expect(tree.size()).toEqual({ sessions: 0, subscriptions: 0 });
  });

  test("where the session is now", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [to("x")]);
    expect(tree.match(on("x"))[0]?.session.workerId).toBe("here");
    tree.put(session("a", { workerId: undefined }), [to("x")]);

    expect(tree.match(on("x"))[0]?.session.workerId).toBeUndefined();
  });

  test("knows a session without subscriptions, which makes no subscribers", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), []);

    expect(tree.hasSubscribers("t")).toBe(false);
    expect(tree.size()).toEqual({ sessions: 1, subscriptions: 0 });
  });
});

describe("overlapping subscriptions of a session", () => {
  test("give one message with the largest QoS and all identifiers", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [
      to("x/#", { qos: 0, identifier: 7 }),
      to("x/+", { qos: 2, identifier: 9, retainAsPublished: true }),
      to("x/y", { qos: 1 }),
      to("#", { qos: 0, identifier: 7 }),
    ]);
    const matches = tree.match(on("x/y"));

    expect(matches).toHaveLength(1);
    expect(matches[0]).toMatchObject({ qos: 2, retainAsPublished: true });
    expect(matches[0]?.identifiers.toSorted(ascending)).toEqual([7, 7, 9]);
  });

  test("leave out those with No Local, each for itself", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [
      to("x/#", { noLocal: true, identifier: 1, qos: 2 }),
      to("x/y", { identifier: 2, qos: 0 }),
    ]);

    const own = tree.match(on("x/y", { publisher: "a" }));
    expect(own).toHaveLength(1);
    expect(own[0]).toMatchObject({ qos: 0, identifiers: [2] });
    expect(tree.match(on("x/z", { publisher: "a" }))).toEqual([]);
    expect(tree.match(on("x/z", { publisher: "b" }))).toHaveLength(1);
  });

  test("are replaced with their options", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [to("x", { qos: 0, identifier: 1 })]);
    tree.put(session("a"), [to("x", { qos: 2 })]);

    expect(tree.match(on("x"))).toMatchObject([{ qos: 2, identifiers: [] }]);
  });
});

describe("a shared subscription", () => {
  const shared = to("$share/g/x/#");
  const taken = (tree: ReturnType<typeof createRouteTree>, times: number, qos: Qos = 1) =>
    Array.from({ length: times }, () => keysOf(tree.match(on("x/y", { qos }))).join());

  test("gives each message to one member, in turns", () => {
    const tree = createRouteTree("here");
    for (const key of ["a", "b", "c"]) tree.put(session(key), [shared]);

    const counts = Object.groupBy(taken(tree, 30), (key) => key);
    expect(counts["a"]).toHaveLength(10);
    expect(counts["b"]).toHaveLength(10);
    expect(counts["c"]).toHaveLength(10);
  });

  test("prefers members connected here, then elsewhere, then away", () => {
    const tree = createRouteTree("here");
    tree.put(session("here"), [shared]);
    tree.put(session("elsewhere", { workerId: "other" }), [shared]);
    tree.put(session("away", { workerId: undefined }), [shared]);
    tree.put(session("forgets", { workerId: undefined, keepsMessages: false }), [shared]);

    expect(new Set(taken(tree, 5))).toEqual(new Set(["here"]));
    tree.put(session("here", { workerId: undefined, keepsMessages: false }), [shared]);
    expect(new Set(taken(tree, 5))).toEqual(new Set(["elsewhere"]));
    tree.remove("t", "elsewhere");
    expect(new Set(taken(tree, 5))).toEqual(new Set(["away"]));
    expect(new Set(taken(tree, 5, 0))).toEqual(new Set([""]));
  });

  test("is another one under another name or filter, and apart from plain ones", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [shared, to("$share/h/x/#"), to("$share/g/x/y"), to("x/y")]);

    expect(tree.match(on("x/y"))).toHaveLength(4);
    expect(tree.match(on("x/z"))).toHaveLength(2);
  });

  test("ends with its last member", () => {
    const tree = createRouteTree("here");
    tree.put(session("a"), [shared]);
    tree.put(session("b"), [shared]);
    tree.put(session("a"), []);
    expect(taken(tree, 2)).toEqual(["b", "b"]);
    tree.remove("t", "b");
    expect(taken(tree, 1)).toEqual([""]);
  });
});

describe("any history of changes", () => {
  const filter = fc
    .tuple(
      fc.array(fc.constantFrom("", "a", "b", "+", "$s"), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
    )
    .map(([levels, open]) => [...levels, ...(open ? ["#"] : [])].join("/"))
    .filter((text) => text !== "");
  const subscription = fc.record({
    filter,
    qos: fc.constantFrom<Qos>(0, 1, 2),
    noLocal: fc.boolean(),
    retainAsPublished: fc.boolean(),
    retainHandling: fc.constant(0 as const),
    identifier: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  });
  const change = fc.record({
    key: fc.constantFrom("k1", "k2", "k3"),
    subscriptions: fc.option(
      fc.uniqueArray(subscription, { maxLength: 4, selector: (one) => one.filter }),
      { nil: undefined },
    ),
  });
  const topic = fc
    .array(fc.constantFrom("", "a", "b", "c", "$s"), { minLength: 1, maxLength: 4 })
    .map((levels) => levels.join("/"))
    .filter((text) => text !== "");

  test("finds what a search through all subscriptions finds", () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 12 }),
        fc.array(fc.tuple(topic, fc.constantFrom("k1", undefined)), { minLength: 1, maxLength: 6 }),
        (changes, publications) => {
          const tree = createRouteTree("here");
          const all = new Map<string, readonly Subscription[]>();
          for (const { key, subscriptions } of changes) {
            // Between the changes as well, so that what was remembered is put to the test.
            for (const [name] of publications) tree.match(on(name));
            if (subscriptions === undefined) {
              tree.remove("t", key);
              all.delete(key);
            } else {
              tree.put(session(key), subscriptions);
              all.set(key, subscriptions);
            }
          }
          for (const [name, publisher] of publications) {
            const wanted = [...all].flatMap(([key, subscriptions]) => {
              const hits = subscriptions.filter(
                (one) => matchesTopic(one.filter, name) && !(one.noLocal && key === publisher),
              );
              if (hits.length === 0) return [];
              return {
                key,
                qos: Math.max(...hits.map(({ qos }) => qos)),
                retainAsPublished: hits.some((hit) => hit.retainAsPublished),
                identifiers: hits.flatMap(({ identifier }) => identifier ?? []).toSorted(ascending),
              };
            });
            const found = tree.match(on(name, { publisher })).map((match) => ({
              key: match.session.key,
              qos: match.qos,
              retainAsPublished: match.retainAsPublished,
              identifiers: match.identifiers.toSorted(ascending),
            }));
            const byKey = (one: { key: string }, other: { key: string }) =>
              one.key.localeCompare(other.key);
            expect(found.toSorted(byKey)).toEqual(wanted.toSorted(byKey));
          }
          expect(tree.size().subscriptions).toBe([...all.values()].flat().length);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test("wildcards in every level cost no more than there are filters", () => {
  const tree = createRouteTree("here");
  const filters = Array.from({ length: 256 }, (_, bits) =>
    Array.from({ length: 32 }, (__, level) => (((bits >> (level % 8)) & 1) === 1 ? "+" : "a")).join(
      "/",
    ),
  );
  tree.put(
    session("a"),
    filters.map((filter) => to(filter)),
  );
  const matches = tree.match(on(`${"a/".repeat(31)}a`));

  expect(matches).toHaveLength(1);
});
