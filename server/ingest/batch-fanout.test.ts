import { describe, expect, it } from "vitest";
import type { Fanout, FanoutPlan } from "#server/broker/fanout.ts";
import { nothingForwarded, type Publication } from "#server/broker/publication.ts";
import { fanoutSteps, outgoingOf, planFanout, settleFanout } from "#server/ingest/batch-fanout.ts";
import type { Staged } from "#server/ingest/encode-rows.ts";
import type { InboundMessage, RelayedMessage, Settlement } from "#server/pipeline/message.ts";
import { noContent } from "#server/pipeline/run-stages.ts";

const origin = { settle: () => undefined };

function fromDevice(tenantId: string, more: Partial<InboundMessage> = {}): Staged {
  const message: InboundMessage = {
    device: { tenantId, deviceKey: 7n, id: "u", deviceId: "d", profileId: "p" },
    transport: "mqtt",
    topic: "qs/v1/d/d/up/telemetry",
    channel: "telemetry",
    qos: 1,
    retain: false,
    payload: Buffer.from("{}"),
    receivedAt: 1_795_000_000_000,
    expiresAt: undefined,
    forwarded: nothingForwarded,
    publisher: "d:7:d",
    claimedBy: undefined,
    packetId: 1,
    origin,
    ...more,
  };
  return { message, result: noContent };
}

function fromClient(tenantId: string, more: Partial<Publication> = {}): Staged {
  const message: RelayedMessage = {
    tenantId,
    client: { id: "c", name: "dashboard" },
    transport: "mqtts",
    publication: {
      tenantId,
      topic: "plant/a",
      payload: Buffer.from("x"),
      qos: 1,
      retain: false,
      expiresAt: 1_795_000_001_000,
      receivedAt: 1_795_000_000_000,
      forwarded: Buffer.from([3]),
      publisher: "s:c:x",
      ...more,
    },
    packetId: 1,
    claimedBy: undefined,
    origin,
  };
  return { message, result: noContent };
}

/** Everybody in tenants that begin with "loud" subscribes: one session keeps, one is direct. */
function fakeFanout(): Fanout & { readonly asked: string[]; readonly planned: Publication[] } {
  const asked: string[] = [];
  const planned: Publication[] = [];
  return {
    asked,
    planned,
    foreignVersion: 0n,
    catchUp: () => Promise.resolve(),
    deliver: () => undefined,
    hasSubscribers: (tenantId) => {
      asked.push(tenantId);
      return tenantId.startsWith("loud");
    },
    plan: (publications): FanoutPlan => {
      planned.push(...publications);
      const each = { qos: 1, retain: false, identifiers: [5] } as const;
      return {
        publications,
        queued: publications.flatMap(({ topic }, publication) =>
          topic === "nobody" ? [] : [{ ...each, publication, sessionId: 9n, sessionKey: "s:k" }],
        ),
        direct: [],
      };
    },
  };
}

const allStored = (staged: readonly Staged[]): Settlement[] =>
  staged.map(() => ({ outcome: "stored" }));

describe("planFanout", () => {
  it("asks once for a run of one tenant, and is nothing where nobody subscribes", () => {
    const fanout = fakeFanout();
    const staged = [fromDevice("quiet"), fromDevice("quiet"), fromDevice("silent")];

    expect(planFanout(staged, allStored(staged), fanout)).toBeUndefined();
    expect(fanout.asked).toEqual(["quiet", "silent"]);
    expect(fanout.planned).toEqual([]);
  });

  it("plans what is stored, in the order of receipt, and nothing else", () => {
    const fanout = fakeFanout();
    const staged = ["a", "b", "c", "d"].map((topic) => fromDevice("loud", { topic }));
    const settlements: Settlement[] = [
      { outcome: "stored" },
      { outcome: "duplicate" },
      { outcome: "dead_lettered", reason: "not-json", detail: "" },
      { outcome: "stored" },
    ];

    const planned = planFanout(staged, settlements, fanout);

    expect(fanout.planned.map(({ topic }) => topic)).toEqual(["a", "d"]);
    expect(planned?.messageOf).toEqual([0, 3]);
  });

  it("keeps the last retained publication of a topic also when nobody subscribes", () => {
    const staged = [
      fromDevice("quiet", { topic: "x", retain: true, payload: Buffer.from("1") }),
      fromDevice("other", { topic: "x", retain: true, payload: Buffer.from("2") }),
      fromDevice("quiet", { topic: "x", retain: true, payload: Buffer.from("3") }),
    ];

    const planned = planFanout(staged, allStored(staged), undefined);

    const kept = planned?.retained.map(({ publication, publisher, messages }) => [
      publication.tenantId,
      publication.payload.toString(),
      publisher,
      messages,
    ]);
    expect(kept).toEqual([
      ["quiet", "3", "d:7", [0, 2]],
      ["other", "2", "d:7", [1]],
    ]);
  });
});

describe("fanoutSteps", () => {
  it("sends each publication once, and only those that a queue takes", () => {
    const staged = [fromClient("loud", { topic: "nobody" }), fromClient("loud")];
    const planned = planFanout(staged, allStored(staged), fakeFanout());

    const [step] = fanoutSteps(planned!, "w");

    expect(step?.statement).toBe("enqueue");
    expect(step?.parameters?.[0]).toBe("w");
    expect(JSON.parse(step?.parameters?.[1] ?? "")).toEqual([
      {
        tenant: "loud",
        topic: "plant/a",
        payload: "eA==",
        forwarded: "Aw==",
        received_at: 1_795_000_000_000,
        expires_at: 1_795_000_001_000,
      },
    ]);
    expect(JSON.parse(step?.parameters?.[2] ?? "")).toEqual([
      { session: "9", publication: 0, qos: 1, retain: false, identifiers: [5] },
    ]);
  });
});

describe("settleFanout", () => {
  it("tells relayed messages whether anybody subscribes, and devices nothing of it", () => {
    const staged = [
      fromDevice("loud"),
      fromClient("loud"),
      fromClient("loud", { topic: "nobody" }),
    ];
    const stored = allStored(staged);

    const settled = settleFanout(stored, planFanout(staged, stored, fakeFanout())!, []);

    expect(settled).toEqual([
      { outcome: "stored" },
      { outcome: "stored", matched: true },
      { outcome: "stored", matched: false },
    ]);
  });

  it("tells every message of a topic that was not retained", () => {
    const staged = [
      fromDevice("quiet", { topic: "x", retain: true }),
      fromDevice("quiet", { topic: "y", retain: true }),
      fromDevice("quiet", { topic: "x", retain: true }),
    ];
    const stored = allStored(staged);

    const settled = settleFanout(stored, planFanout(staged, stored, undefined)!, ["0"]);

    expect(settled.map((each) => "notRetained" in each)).toEqual([true, false, true]);
  });
});

describe("outgoingOf", () => {
  it("knows a full queue from one whose answer was lost", () => {
    const staged = [fromDevice("loud"), fromDevice("loud")];
    const planned = planFanout(staged, allStored(staged), fakeFanout())!;

    expect(outgoingOf(planned, ["41", ""])?.seqs).toEqual([41n, undefined]);
    expect(outgoingOf(planned, undefined)?.seqs).toBe("unknown");
  });

  it("is nothing when nobody gets anything", () => {
    const staged = [fromDevice("loud", { topic: "nobody" })];
    expect(outgoingOf(planFanout(staged, allStored(staged), fakeFanout())!, [])).toBeUndefined();
  });
});
