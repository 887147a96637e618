import { createHash, randomBytes, randomUUID } from "node:crypto";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";
import type { EnrolmentDesk } from "#server/gateway/enrolment-port.ts";
import type { RegistrarRecord } from "#server/gateway/identify/judge-registration.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundCredential,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";

/** Enrolment behind the listeners as a test wants it. */
export type TestDesk = {
  readonly desk: EnrolmentDesk;
  /** By the fingerprint of the claim certificate. */
  readonly claims: Map<string, FoundCredential>;
  /** By id scope. */
  readonly registrars: Map<string, RegistrarRecord>;
  /** What was asked for. */
  readonly asked: EnrolmentEvidence[];
  /** What becomes of it; devices are enrolled unless a test says otherwise. */
  answer: (evidence: EnrolmentEvidence) => Promise<EnrolmentAnswer> | EnrolmentAnswer;
};

/** A desk that enrols everybody, with a certificate of words. */
export function createTestDesk(): TestDesk {
  const owners = new Map<string, string>();
  const named = new Map<string, string>();
  const test: TestDesk = {
    claims: new Map(),
    registrars: new Map(),
    asked: [],
    answer: enrolledAs,
    desk: {
      enrol: async (_, evidence) => {
        test.asked.push(evidence);
        const answer = await test.answer(evidence);
        if (answer.state === "enrolled") named.set(answer.requestId, answer.device.deviceId);
        return answer;
      },
      giveOwnership: (_, requestId) => {
        const token = randomBytes(16).toString("hex");
        owners.set(token, requestId);
        return Promise.resolve(token);
      },
      redeemOwnership: (_, token) => Promise.resolve(named.get(owners.get(token) ?? "")),
    },
  };
  return test;
}

/** The device that was asked for. */
export function enrolledAs({ registrationId, ask }: EnrolmentEvidence): EnrolmentAnswer {
  const device = { id: randomUUID(), key: 7n, deviceId: registrationId, profileId: randomUUID() };
  return {
    state: "enrolled",
    requestId: randomUUID(),
    device,
    certificate:
      ask.kind === "csr"
        ? {
            certificateId: randomUUID(),
            deviceId: registrationId,
            certificatePem: `certificate of ${registrationId}`,
            chainPem: "chain",
            caPem: "root",
            sha256: createHash("sha256").update(registrationId).digest("hex"),
            serial: "01",
            notAfter: "2030-01-01T00:00:00.000Z",
            warnings: [],
          }
        : null,
  };
}

/** An enrolment group of a tenant. */
export function testGroup(tenantId: string, more: Partial<FoundGroup> = {}): FoundGroup {
  return {
    tenantId,
    id: randomUUID(),
    name: "Pumps",
    kind: "claim",
    publicId: "claim-1",
    enabled: true,
    version: 1,
    rules: enrolmentRules.parse({ profileId: randomUUID() }),
    ...more,
  };
}
