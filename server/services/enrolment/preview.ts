import { X509Certificate } from "node:crypto";
import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { spkiInUse } from "#server/db/spki-in-use.ts";
import {
  decideEnrolment,
  planDevice,
  type DevicePlan,
  type EnrolmentDecision,
} from "#server/domain/decide-enrolment.ts";
import { enrolmentRemedies } from "#server/domain/enrolment-remedy.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import type { EnrolmentKind, EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import { readCertificate } from "#server/pki/customer-ca.ts";
import { readHolder, type Holder } from "#server/pki/read-holder.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import { namesProblem } from "#server/pki/request-names.ts";
import type { Context } from "#server/services/context.ts";
import type { EnrolmentEvidence } from "#server/services/enrolment/answer.ts";
import { findExisting, type FoundDevice } from "#server/services/enrolment/find-existing.ts";
import { findGroupRow } from "#server/services/enrolment/find-group.ts";
import { plainEvidence, readAsk } from "#server/services/enrolment/read-ask.ts";
import { previewEnrolmentSchema } from "#server/services/enrolment/schemas.ts";
import { summariesOf } from "#server/services/enrolment/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

/** What would become of a device. */
export type EnrolmentPreview = {
  readonly outcome: "enrolled" | "pending" | "refused";
  readonly device?: {
    readonly deviceId: string;
    readonly name: string;
    readonly profileName: string;
    readonly tags: readonly string[];
    readonly quarantine: boolean;
    readonly desired: Readonly<Record<string, unknown>> | null;
  };
  readonly reason?: EnrolmentRefusal;
  readonly detail?: string;
  readonly remedy?: string;
};

type Input = z.output<typeof previewEnrolmentSchema>;
type At = { readonly ctx: Context; readonly tx: Tx };

const nobody = { commonName: "", organisation: "", serialNumber: "" };

function invalid(path: string, message: string): ServiceError {
  return new ServiceError("invalid", message, { fields: [{ path, message }] });
}

type Shown = { readonly holder: Holder; readonly ask: EnrolmentEvidence["ask"] };

function shown({ certificatePem, csrPem }: Input): Shown {
  if (certificatePem !== undefined) {
    const read = readCertificate(certificatePem);
    if (read.problem !== undefined) throw invalid("certificatePem", read.problem);
    const holder = readHolder(new X509Certificate(read.pem));
    return { holder, ask: { kind: "certificate", pem: read.pem } };
  }
  if (csrPem === undefined) return { holder: nobody, ask: { kind: "sas", key: "" } };
  const request = readSigningRequest(csrPem);
  if (request === undefined) {
    throw invalid("csrPem", "This is not a certificate signing request in PEM form.");
  }
  return { holder: request.holder, ask: { kind: "csr", csrPem } };
}

function evidenceOf(input: Input): EnrolmentEvidence {
  const { holder, ask } = shown(input);
  const { commonName, organisation, serialNumber } = holder;
  const serial = input.serial ?? serialNumber;
  const registrationId = input.registrationId ?? (commonName || serial);
  if (registrationId === "") {
    throw invalid("registrationId", "Say what the device calls itself, or show its certificate.");
  }
  return plainEvidence({
    registrationId,
    serial,
    subject: { commonName, organisation },
    parameters: input.parameters ?? {},
    ask,
    transport: "",
    remote: "",
  });
}

/** What enrolling would find besides the rules: a request that breaks policy, a key in use. */
async function keyProblem(
  { tx }: At,
  at: {
    readonly evidence: EnrolmentEvidence;
    readonly deviceUuid: string | undefined;
    readonly plan: DevicePlan;
  },
): Promise<Extract<EnrolmentDecision, { outcome: "refused" }> | undefined> {
  const { problem, spkiSha256, csrPem } = await readAsk(at.evidence);
  const named = { deviceId: at.plan.deviceId, ...(at.deviceUuid && { id: at.deviceUuid }) };
  const refused = problem ?? namesProblem(csrPem, named);
  if (refused !== null) return { outcome: "refused", reason: "csr-refused", detail: refused };
  if (spkiSha256 === null) return undefined;
  if (!(await spkiInUse(tx, { spkiSha256, deviceUuid: at.deviceUuid }))) return undefined;
  const detail = "This public key already belongs to another device.";
  return { outcome: "refused", reason: "key-in-use", detail };
}

/** The device under the same id; one that shows no key is taken to be that device. */
async function existingFor(
  at: At,
  of: {
    readonly groupId: string;
    readonly kind: EnrolmentKind;
    readonly rules: EnrolmentRules;
    readonly evidence: EnrolmentEvidence;
  },
): Promise<FoundDevice | null> {
  const { groupId, kind, rules, evidence } = of;
  const planned = planDevice(rules, evidence);
  if ("outcome" in planned) return null;
  const ask = await readAsk(evidence);
  const vouched = kind === "customer_ca" || evidence.ask.kind === "certificate";
  const { deviceId } = planned;
  const found = await findExisting(at, { groupId, deviceId, evidence, ask, vouched });
  if (found === null || evidence.ask.kind !== "sas") return found;
  return { ...found, facts: { ...found.facts, proven: true } };
}

/**
 * What would become of a device that shows this, by the rules that count or by others; nothing is
 * kept or counted, and no webhook is asked.
 * @throws ServiceError not_found, invalid (what is shown cannot be read)
 */
export const previewEnrolment = defineQuery({
  name: "enrolmentGroup.preview",
  can: "enrolment.view",
  input: previewEnrolmentSchema,
  run: async ({ ctx, tx, input }): Promise<EnrolmentPreview> => {
    const { row, rules } = await groupOf({ ctx, tx }, input);
    const evidence = evidenceOf(input);
    const existing = await existingFor(
      { ctx, tx },
      { groupId: row.id, kind: row.kind, rules, evidence },
    );
    const decision = decideEnrolment({
      now: ctx.now(),
      group: { ...row, rules },
      device: evidence,
      credential: null,
      existing: existing?.facts ?? null,
      approved: false,
    });
    const problem =
      decision.outcome === "refused"
        ? decision
        : await keyProblem(
            { ctx, tx },
            { evidence, deviceUuid: existing?.row.id, plan: decision.plan },
          );
    if (problem !== undefined) {
      const { outcome, reason, detail } = problem;
      return { outcome, reason, detail, remedy: enrolmentRemedies[reason] };
    }
    if (decision.outcome === "refused") throw new Error("A refusal is answered above.");
    return { outcome: decision.outcome, device: await describe({ ctx, tx }, decision.plan) };
  },
});

/** As a group is before anybody came by it. */
const newGroup = {
  id: "00000000-0000-0000-0000-000000000000",
  name: "to be made",
  kind: "claim",
  enabled: true,
  enrolled: 0,
} as const;

/** The group with the rules that are asked about; without an id one that is still to be made. */
async function groupOf(at: At, { groupId, rules }: Input) {
  if (groupId === undefined) {
    if (rules === undefined) throw invalid("rules", "Say by which rules, or of which group.");
    return { row: newGroup, rules };
  }
  const row = await findGroupRow(at, groupId);
  const [found] = await summariesOf(at, [row]);
  const asked = rules ?? found?.rules;
  if (asked === undefined) throw new Error(`The group ${row.id} has no version ${row.version}.`);
  return { row, rules: asked };
}

async function describe({ ctx, tx }: At, plan: DevicePlan) {
  const profile = await tx.profile.findFirst({
    where: { tenantId: ctx.tenantId, id: plan.profileId },
    select: { name: true },
  });
  const { deviceId, name, tags, quarantine, desired } = plan;
  return { deviceId, name, profileName: profile?.name ?? "", tags, quarantine, desired };
}
