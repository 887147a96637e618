import { describe, expect, it } from "vitest";
import { concerns, hearFrame, moreTelling, nothingYet } from "#components/onboard/arrival.ts";
import type { LiveFrame, LiveMessage, LiveRefusal } from "#server/domain/live.ts";

const device = { key: "7", deviceId: "pump-17" };

describe("a refused connection", () => {
  it.each([
    ["of the device itself", "7", "x", "device"],
    ["that claims its id", null, "pump-17", "device"],
    ["that claims its id with a suffix", null, "pump-17.2", "device"],
    ["of somebody unknown", null, "pump-99", "unknown"],
    ["of another device", "8", "pump-18", null],
    ["of a device whose id only begins alike", "9", "pump-171", null],
  ] as const)("%s", (_what, deviceKey, claimedId, expected) => {
    expect(concerns({ deviceKey, claimedId }, device)).toBe(expected);
  });
});

describe("the wait for a first message", () => {
  const message = (change: Partial<LiveMessage>): LiveFrame => ({
    kind: "messages",
    dropped: 0,
    messages: [
      {
        deviceKey: "7",
        ts: 1,
        receivedAt: 1,
        topic: "t",
        outcome: "stored",
        values: { temperature: 21.5 },
        text: "",
        ...change,
      },
    ],
  });

  it("ends with the first message that is stored, and keeps that one", () => {
    const first = hearFrame(nothingYet, message({}), device);
    const second = hearFrame(first, message({ values: { temperature: 30 } }), device);

    expect(second.message?.values).toEqual({ temperature: 21.5 });
  });

  it("ignores other devices", () => {
    expect(hearFrame(nothingYet, message({ deviceKey: "8" }), device)).toEqual(nothingYet);
  });

  it("tells of a dead letter and goes on waiting", () => {
    const arrival = hearFrame(
      nothingYet,
      message({ outcome: "dead_lettered", text: "no" }),
      device,
    );

    expect(arrival.message).toBeNull();
    expect(arrival.deadLetter?.text).toBe("no");
  });

  it("forgets a refusal once the device is connected", () => {
    const refusal = {
      at: 1,
      claimedId: "pump-17",
      deviceKey: "7",
      reason: "revoked",
      detail: "d",
      remedy: "r",
      remote: "::1",
    };
    const refused = hearFrame(nothingYet, { kind: "refusal", refusal }, device);
    const connected = hearFrame(
      refused,
      { kind: "status", deviceKey: "7", connected: true, at: 2, reason: null },
      device,
    );

    expect(refused.refusal).toEqual(refusal);
    expect(connected).toMatchObject({ connected: true, refusal: null });
  });
});

describe("of two refusals", () => {
  const refusal = (deviceKey: string | null, claimedId: string, at: number): LiveRefusal => ({
    at,
    deviceKey,
    claimedId,
    reason: "r",
    detail: "d",
    remedy: "m",
    remote: "x",
  });
  const own = refusal("7", "pump-17", 1);
  const stranger = refusal(null, "gate-1", 2);

  it.each([
    ["the first there is", null, stranger, stranger],
    ["the device's own rather than a newer one of a stranger", own, stranger, own],
    ["the device's own rather than an older one of a stranger", stranger, own, own],
    ["the newer of its own", own, refusal("7", "pump-17", 3), refusal("7", "pump-17", 3)],
    ["what is there, rather than another device's", own, refusal("8", "pump-18", 9), own],
  ])("shows %s", (_, first, second, expected) => {
    expect(moreTelling(first, second, device)).toEqual(expected);
  });
});
