import { describe, expect, it } from "vitest";
import {
  addressChanges,
  campaignHalted,
  clockOff,
  revocationListLate,
  revokedTrying,
  rsaKeys,
  sharedKey,
  tlsWrong,
  twoPlaces,
} from "#server/domain/alert-rules-seen.ts";
import { certificateEnding, rotationStalled } from "#server/domain/alert-rules.ts";
import { endingSeverity, reachedStep } from "#server/domain/ending.ts";

const now = new Date("2026-06-01T12:00:00Z");
const hours = (count: number): Date => new Date(now.getTime() + count * 3_600_000);
const tenantId = "t";

describe("the step of an end", () => {
  it.each([
    [31 * 24, undefined],
    [30 * 24, "30"],
    [15 * 24, "30"],
    [14 * 24, "14"],
    [24.1, "7"],
    [24, "1"],
    [0.01, "1"],
    [0, "expired"],
    [-5000, "expired"],
  ])("%d hours before it", (left, step) => {
    expect(reachedStep(hours(left), [7, 1, 30, 14], now)).toBe(step);
  });

  it.each([
    ["365", "info"],
    ["180", "warning"],
    ["90", "warning"],
    ["30", "critical"],
    ["expired", "critical"],
  ])("%s is %s for a CA", (step, severity) => {
    expect(endingSeverity(step, { warning: 180, critical: 30 })).toBe(severity);
  });
});

describe("a revocation list", () => {
  const of = (thisUpdate: number | null, nextUpdate: number | null, issuerSince = -1000) => ({
    tenantId,
    issuerSha256: "ab",
    issuer: "CN=Issuing",
    issuerSince: hours(issuerSince),
    thisUpdate: thisUpdate === null ? null : hours(thisUpdate),
    nextUpdate: nextUpdate === null ? null : hours(nextUpdate),
  });
  it.each([
    ["fresh", of(-10, 158), undefined],
    ["two thirds gone", of(-112, 56), "late"],
    ["ended", of(-168, 0), "expired"],
    ["missing", of(null, null), "missing"],
    ["not there yet", of(null, null, -2), undefined],
  ])("that is %s", (_, list, step) => {
    expect(revocationListLate(list, now).finding?.step).toBe(step);
  });
});

describe("one certificate from two addresses", () => {
  it.each([
    ["one address", "A A A A", 0],
    ["a move", "A A B B", 0],
    ["a provider that gives another address each time", "A B C D E", 0],
    ["a move and back", "A B A", 2],
    ["by turns", "A B A B", 3],
    ["by turns among others", "A B C A B", 3],
  ])("%s", (_, text, changes) => {
    expect(addressChanges(text.split(" "))).toBe(changes);
  });

  it("is told with both places", () => {
    const connections = ["10.0.0.1", "10.9.9.9", "10.0.0.1", "10.9.9.9"].map((remote, index) => ({
      at: new Date(now.getTime() + index * 60_000),
      remote,
    }));
    const of = { tenantId, certificateId: "c", deviceId: "pump-17", connections };
    expect(twoPlaces(of)?.finding).toMatchObject({
      severity: "critical",
      detail: expect.stringContaining("10.0.0.1 and 10.9.9.9") as string,
      seenAt: connections[3]?.at,
    });
    expect(twoPlaces({ ...of, connections: connections.slice(0, 3) })).toBeUndefined();
    expect(twoPlaces({ ...of, connections: [] })).toBeUndefined();
  });
});

describe("keys", () => {
  const rsa = (bits: number, devices = 2) =>
    rsaKeys({ tenantId, profileId: "p", profileName: "Pumps", bits, devices })?.finding;
  it.each([
    [1024, "weak-key", "critical"],
    [2047, "weak-key", "critical"],
    [2048, "key-sunset", "info"],
    [3071, "key-sunset", "info"],
    [3072, undefined, undefined],
  ])("RSA %d", (bits, rule, severity) => {
    expect([rsa(bits)?.rule, rsa(bits)?.severity]).toEqual([rule, severity]);
  });
  it("are counted in words", () => {
    expect(rsa(2048, 1)?.title).toBe("1 device of the profile Pumps has an RSA key of 2048 bits");
    expect(rsa(2048)?.title).toBe("2 devices of the profile Pumps have RSA keys of 2048 bits");
  });
  it("of two devices name them", () => {
    const shared = sharedKey({ tenantId, spkiSha256: "ab", deviceIds: ["a", "b"], devices: 5 });
    expect(shared.finding).toMatchObject({
      title: "5 devices have the same key",
      detail: expect.stringMatching(/^a, b and 3 more\./) as string,
      subject: { path: "/devices/a" },
    });
  });
});

describe("what was seen", () => {
  it("of a clock counts from the third time", () => {
    const of = { tenantId, deviceId: null, remote: "10.0.0.1", lastAt: now };
    expect(clockOff({ ...of, count: 2 })).toBeUndefined();
    expect(clockOff({ ...of, count: 3 })?.finding?.subject).toEqual({
      kind: "peer",
      id: "10.0.0.1",
      name: "10.0.0.1",
      path: "/refused",
    });
    expect(clockOff({ ...of, count: 3, deviceId: "pump-17" })?.finding?.subject.path).toBe(
      "/devices/pump-17",
    );
  });

  it.each([
    [1, null, "once, last"],
    [3, "10.0.0.1", "3 times, last"],
  ])("of a revoked certificate, %d attempts", (attempts, remote, words) => {
    const of = {
      tenantId,
      revocationId: "r",
      certificateId: "c",
      deviceId: "pump-17",
      lastAt: now,
    };
    const { finding } = revokedTrying({ ...of, attempts, remote });
    expect(finding?.detail).toContain(words);
    expect(finding?.detail.endsWith(remote === null ? "UTC." : " from 10.0.0.1.")).toBe(true);
  });

  it("of a campaign and a rotation leads to them", () => {
    const halted = campaignHalted({ tenantId, id: "k", name: "June", haltedFor: "" }).finding;
    expect(halted).toMatchObject({ detail: "A threshold was passed.", severity: "critical" });
    expect(halted?.subject.path).toBe("/certificates/campaigns/k");
    const of = { tenantId, id: "c", deviceId: "pump-17", deviceName: "Pump", issuedAt: now };
    expect(rotationStalled(of).finding?.subject.path).toBe("/certificates/c");
  });

  it.each([
    ["good", 0, "", undefined],
    ["wrong", 2, "", "wrong"],
    ["not made", 0, "The signer is down.", "failed"],
  ])("of a probe that was %s", (_, wrong, error, step) => {
    const probe = { tenantId, wrong, cells: 80, error, examples: ["mqtts TLSv1.1 accepted"] };
    expect(tlsWrong(probe)?.finding?.step).toBe(step);
  });
});

describe("a certificate's words", () => {
  it("name the day in the past once it has ended", () => {
    const of = {
      tenantId,
      id: "c",
      deviceId: "pump-17",
      deviceUuid: "u",
      deviceName: "Pump",
      profileName: "Pumps",
      notBefore: hours(-1000),
      notAfter: hours(-1),
      renewalDueAt: null,
    };
    expect(certificateEnding(of, [30], now).finding?.title).toBe(
      "The certificate of pump-17 ended on 1 June 2026, 11:00 UTC",
    );
  });
});
