import { createHash, randomUUID, X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createJustInTime } from "#server/gateway/identify/just-in-time.ts";
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundAuthority,
} from "#server/services/enrolment/answer.ts";
import {
  makeCustomerAuthority,
  type CustomerAuthority,
} from "#server/testing/customer-authority.ts";
import { enrolledAs, testGroup } from "#server/testing/enrolment-desk.ts";

const tenantId = randomUUID();
const place = { remote: "192.0.2.7", transport: "mqtts" };
let works: CustomerAuthority;
beforeAll(async () => {
  works = await makeCustomerAuthority("Works CA");
});

async function presentedBy(
  authority: CustomerAuthority,
  commonName: string,
): Promise<PresentedCertificate> {
  const { cert } = await authority.issue({
    commonName,
    serialNumber: "SN-7",
    organisation: "Acme",
  });
  const der = new X509Certificate(cert).raw;
  const sha256 = createHash("sha256").update(der).digest("hex");
  const { subject: issuer } = authority;
  return { sha256, commonName, uuid: "", issuer, issuerSha256: "", ours: false, der };
}

function setUp(more: Partial<FoundAuthority> = {}) {
  const authority: FoundAuthority = {
    id: randomUUID(),
    group: testGroup(tenantId, { kind: "customer_ca" }),
    pem: works.pem,
    sha256: "ab",
    state: "active",
    ...more,
  };
  const clock = { now: Date.now() };
  const counts = { lookups: 0 };
  const asked: EnrolmentEvidence[] = [];
  const answers = { next: enrolledAs as (evidence: EnrolmentEvidence) => EnrolmentAnswer };
  const justInTime = createJustInTime({
    now: () => clock.now,
    port: {
      authorities: async () => {
        counts.lookups += 1;
        return [authority];
      },
      enrol: async (_, evidence) => {
        asked.push(evidence);
        return answers.next(evidence);
      },
    },
  });
  return { justInTime, clock, counts, asked, answers, authority };
}

describe("a certificate of a registered CA", () => {
  test("enrols the device that its subject names", async () => {
    const { justInTime, asked } = setUp();
    const outcome = await justInTime.enrol(await presentedBy(works, "pump-1"), place);
    expect(outcome?.device?.deviceId).toBe("pump-1");
    expect(asked).toEqual([
      expect.objectContaining({
        registrationId: "pump-1",
        serial: "SN-7",
        subject: { commonName: "pump-1", organisation: "Acme" },
        transport: "mqtts",
        remote: "192.0.2.7",
      }),
    ]);
  });

  test("enrols once for two connections at the same time", async () => {
    const { justInTime, asked } = setUp();
    const presented = await presentedBy(works, "pump-2");
    const both = [justInTime.enrol(presented, place), justInTime.enrol(presented, place)];
    const [first, second] = await Promise.all(both);
    expect(first).toBe(second);
    expect(asked).toHaveLength(1);
  });

  test("waits for approval, and is asked again after a moment", async () => {
    const { justInTime, answers, clock } = setUp();
    const presented = await presentedBy(works, "pump-3");
    answers.next = () => ({ state: "pending", requestId: randomUUID(), retryAfterSeconds: 30 });
    const outcome = await justInTime.enrol(presented, place);
    expect(outcome?.refusal?.cause).toBe("awaits-approval");
    expect(outcome?.refusal?.detail).toContain("waits for approval");
    expect(justInTime.remembered(presented)).toBe(outcome);
    clock.now += 3_001;
    answers.next = enrolledAs;
    expect(justInTime.remembered(presented)).toBeUndefined();
    expect((await justInTime.enrol(presented, place))?.device?.deviceId).toBe("pump-3");
  });

  test("is remembered when it was refused, so that ten thousand tries ask nobody", async () => {
    const { justInTime, answers, asked, counts, clock } = setUp();
    const presented = await presentedBy(works, "pump-4");
    answers.next = () => ({
      state: "refused",
      reason: "denied",
      detail: "pump-4 is on the list of those that are denied.",
      remedy: "Take it off the list.",
    });
    const first = await justInTime.enrol(presented, place);
    expect(first?.refusal).toMatchObject({ cause: "enrolment-refused" });
    for (let tries = 0; tries < 10_000; tries += 1) {
      expect(justInTime.remembered(presented)).toBe(first);
    }
    expect([asked.length, counts.lookups]).toEqual([1, 1]);
    clock.now += 15_001;
    expect(justInTime.remembered(presented)).toBeUndefined();
  });

  test("is refused when more come at once than are enrolled, and that is not remembered", async () => {
    const { justInTime, clock } = setUp();
    const presented = await Promise.all(
      Array.from({ length: 103 }, (_, index) => presentedBy(works, `crowd-${index}`)),
    );
    const outcomes = await Promise.all(presented.map((each) => justInTime.enrol(each, place)));
    const refused = outcomes.findIndex((outcome) => outcome?.refusal?.cause === "rate");
    expect(refused).toBe(100);
    clock.now += 1_000;
    expect((await justInTime.enrol(presented[refused]!, place))?.device).toBeDefined();
  });
});

describe("a certificate that is not enrolled", () => {
  test.each<[string, Partial<FoundAuthority>, string]>([
    ["of a disabled CA", { state: "disabled" }, "which is disabled"],
    [
      "of a disabled group",
      { group: testGroup(tenantId, { kind: "customer_ca", enabled: false }) },
      "takes no devices",
    ],
  ])("%s is refused in words for its organisation", async (_, more, words) => {
    const { justInTime, asked } = setUp(more);
    const outcome = await justInTime.enrol(await presentedBy(works, "pump-5"), place);
    expect(outcome).toMatchObject({
      refusal: { cause: "ca-not-active" },
      concerned: { tenantId, deviceKey: null },
    });
    expect(outcome?.refusal?.detail).toContain(words);
    expect(asked).toEqual([]);
  });

  test("of the CA of a group for EST is told to enrol there", async () => {
    const { justInTime, asked } = setUp({ group: testGroup(tenantId, { kind: "est" }) });
    const outcome = await justInTime.enrol(await presentedBy(works, "pump-5"), place);
    expect(outcome?.refusal?.cause).toBe("enrolment-refused");
    expect(outcome?.refusal?.remedy).toContain("/.well-known/est/claim-1/simpleenroll");
    expect(asked).toEqual([]);
  });

  test("of a CA that is not proven is a stranger's", async () => {
    const { justInTime } = setUp({ state: "unproven" });
    expect(await justInTime.enrol(await presentedBy(works, "pump-6"), place)).toBeUndefined();
  });

  test("of an impostor with the CA's name is a stranger's", async () => {
    const impostor = await makeCustomerAuthority("Works CA");
    const { justInTime, asked } = setUp();
    expect(await justInTime.enrol(await presentedBy(impostor, "pump-7"), place)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
