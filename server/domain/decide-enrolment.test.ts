import { describe, expect, it } from "vitest";
import {
  decideEnrolment,
  planDevice,
  type EnrolmentFacts,
} from "#server/domain/decide-enrolment.ts";
import { enrolmentRefusalNames, enrolmentRemedies } from "#server/domain/enrolment-remedy.ts";
import { enrolmentRefusals } from "#server/domain/enrolment-refusal.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";

const profileId = "5f0c5c1e-8a43-4c8e-9d5a-0d5b0c1f2a3b";
const now = new Date("2026-11-27T12:00:00Z");
const hour = 3_600_000;

const rules = (more: Readonly<Record<string, unknown>> = {}) =>
  enrolmentRules.parse({ profileId, ...more });

const credential = {
  maxUses: null,
  uses: 0,
  expiresAt: new Date(now.getTime() + hour),
  revokedAt: null,
  expectedSerials: [],
};

const existing = { state: "active", sameGroup: true, proven: false, revoked: false } as const;

function facts(more: Partial<EnrolmentFacts> = {}): EnrolmentFacts {
  return {
    now,
    group: { name: "Pumps", enabled: true, enrolled: 0, rules: rules() },
    device: {
      registrationId: "pump-1",
      serial: "S-1",
      subject: { commonName: "pump-1", organisation: "Acme AG" },
      parameters: {},
    },
    credential: null,
    existing: null,
    approved: false,
    ...more,
  };
}

const withRules = (more: Readonly<Record<string, unknown>>, enrolled = 0) =>
  facts({ group: { name: "Pumps", enabled: true, enrolled, rules: rules(more) } });
const device = (more: Partial<EnrolmentFacts["device"]>) => ({ ...facts().device, ...more });

describe("refused", () => {
  it.each<[string, EnrolmentFacts, string, RegExp]>([
    [
      "a disabled group",
      facts({ group: { name: "Pumps", enabled: false, enrolled: 0, rules: rules() } }),
      "group-disabled",
      /Pumps does not enrol/,
    ],
    [
      "an expired claim",
      facts({ credential: { ...credential, expiresAt: now } }),
      "credential-expired",
      /expired at 2026-11-27 12:00 UTC/,
    ],
    [
      "a revoked claim",
      facts({ credential: { ...credential, revokedAt: now } }),
      "credential-revoked",
      /was revoked at/,
    ],
    [
      "a claim that is used up",
      facts({ credential: { ...credential, maxUses: 1, uses: 1 } }),
      "credential-used-up",
      /good for 1 device /,
    ],
    [
      "a serial that nobody expects",
      facts({ credential: { ...credential, expectedSerials: ["S-2", "S-3"] } }),
      "not-expected",
      /does not expect the serial “S-1”/,
    ],
    ["a denied id", withRules({ deny: ["PUMP-*"] }), "denied", /deny list .* \(PUMP-\*\)/],
    ["a denied serial", withRules({ deny: ["s-1"], allow: ["*"] }), "denied", /deny list/],
    ["an id that is not allowed", withRules({ allow: ["meter-*"] }), "not-allowed", /“pump-1”/],
    [
      "another common name",
      withRules({ subject: { commonName: "meter-*" } }),
      "subject-mismatch",
      /common name is “pump-1”, the group Pumps takes meter-\*/,
    ],
    [
      "another organisation",
      withRules({ subject: { organisation: "Other*" } }),
      "subject-mismatch",
      /organisation is “Acme AG”/,
    ],
    ["a full group", withRules({ maxDevices: 2 }, 2), "limit-reached", /takes 2 devices/],
    [
      "an id that is none",
      facts({ device: device({ registrationId: "a/b" }) }),
      "bad-registration-id",
      /“a\/b” cannot be/,
    ],
    [
      "an id made of nothing",
      withRules({ deviceIdTemplate: "{parameter:mac}" }),
      "bad-registration-id",
      /\{parameter:mac\}, of which the device “pump-1” says nothing/,
    ],
    [
      "another's id",
      facts({ existing: { ...existing, sameGroup: false, proven: true } }),
      "id-taken",
      /did not come by/,
    ],
    ["an id in use", facts({ existing }), "id-taken", /nothing shows/],
    [
      "a decommissioned device",
      facts({ existing: { ...existing, state: "decommissioned", proven: true } }),
      "id-taken",
      /decommissioned/,
    ],
    [
      "a suspended device",
      facts({ existing: { ...existing, state: "suspended", proven: true } }),
      "denied",
      /suspended/,
    ],
    [
      "a revoked device",
      facts({ existing: { ...existing, proven: true, revoked: true } }),
      "denied",
      /was revoked/,
    ],
  ])("%s", (_, given, reason, words) => {
    expect(decideEnrolment(given)).toEqual({
      outcome: "refused",
      reason,
      detail: expect.stringMatching(words) as string,
    });
  });
});

describe("let in", () => {
  it.each<[string, EnrolmentFacts, { readonly outcome: string; readonly countsUse: boolean }]>([
    ["a new device", facts(), { outcome: "enrolled", countsUse: true }],
    ["one that waits", withRules({ needsApproval: true }), { outcome: "pending", countsUse: true }],
    [
      "one that was approved",
      { ...withRules({ needsApproval: true }), approved: true },
      { outcome: "enrolled", countsUse: true },
    ],
    [
      "one that comes back, though the group is full and wants approval",
      {
        ...withRules({ needsApproval: true, maxDevices: 1 }, 1),
        existing: { ...existing, proven: true },
        credential: { ...credential, maxUses: 1, uses: 1 },
      },
      { outcome: "enrolled", countsUse: false },
    ],
    [
      "one with a new key for which a claim was made",
      facts({
        existing: { ...existing, revoked: true },
        credential: { ...credential, maxUses: 1, expectedSerials: ["S-1"] },
      }),
      { outcome: "enrolled", countsUse: true },
    ],
    [
      "an expected id instead of a serial",
      facts({ credential: { ...credential, expectedSerials: ["x", "pump-1"] } }),
      { outcome: "enrolled", countsUse: true },
    ],
    [
      "all patterns at once",
      withRules({
        allow: ["s-*"],
        deny: ["pump-2"],
        subject: { commonName: "pump-*", organisation: "acme*" },
        maxDevices: 1,
      }),
      { outcome: "enrolled", countsUse: true },
    ],
  ])("%s", (_, given, expected) => {
    expect(decideEnrolment(given)).toMatchObject(expected);
  });
});

it("a plan is what the rules say, with a name of one line", () => {
  const plan = planDevice(
    rules({ deviceIdTemplate: "{serial}", nameTemplate: "Pump\n{parameter:line} {commonName}" }),
    device({ serial: "S-1", parameters: { line: "4\u2028" } }),
  );
  expect(plan).toEqual({
    deviceId: "S-1",
    name: "Pump 4  pump-1",
    serial: "S-1",
    profileId,
    tags: [],
    attributes: {},
    quarantine: false,
    desired: null,
  });
  const nameless = planDevice(rules({ nameTemplate: "{serial}" }), device({ serial: "" }));
  expect(nameless).toMatchObject({ deviceId: "pump-1", name: "pump-1" });
});

it("every refusal has a name and a remedy, in sentences", () => {
  for (const reason of enrolmentRefusals) {
    expect(enrolmentRefusalNames[reason]).toMatch(/^[A-Z]/);
    expect(enrolmentRemedies[reason]).toMatch(/^[A-Z].*\.$/);
  }
});
