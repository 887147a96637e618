import type { DeviceAttributes } from "#server/domain/device-attributes.ts";
import { isDeviceId } from "#server/domain/device-id.ts";
import type { DeviceState } from "#server/domain/device-state.ts";
import { fillTemplate } from "#server/domain/device-template.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import type { EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import { matchesPattern } from "#server/domain/match-pattern.ts";

/** What a device says of itself. */
export type EnrollingDevice = {
  readonly registrationId: string;
  readonly serial: string;
  readonly subject: { readonly commonName: string; readonly organisation: string };
  readonly parameters: Readonly<Record<string, string>>;
};

/** The claim certificate or secret by which it came, as it stands now. */
export type EnrolmentCredentialState = {
  readonly maxUses: number | null;
  readonly uses: number;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly expectedSerials: readonly string[];
};

/** The device that has the wanted id already. */
export type ExistingDevice = {
  readonly state: DeviceState;
  /** It came by the same group. */
  readonly sameGroup: boolean;
  /** What is shown now was shown by that device as well: its key, or its CA's word for its name. */
  readonly proven: boolean;
  /** Its newest certificate was revoked. */
  readonly revoked: boolean;
};

/** What a device becomes. */
export type DevicePlan = {
  readonly deviceId: string;
  readonly name: string;
  readonly serial: string;
  readonly profileId: string;
  readonly tags: readonly string[];
  readonly attributes: DeviceAttributes;
  readonly quarantine: boolean;
  readonly desired: Readonly<Record<string, unknown>> | null;
};

export type EnrolmentRefused = {
  readonly outcome: "refused";
  readonly reason: EnrolmentRefusal;
  /** A sentence that says what is wrong. */
  readonly detail: string;
};

export type EnrolmentDecision =
  | EnrolmentRefused
  | {
      readonly outcome: "enrolled" | "pending";
      readonly plan: DevicePlan;
      /** Whether it takes one of the uses of the credential. */
      readonly countsUse: boolean;
    };

export type EnrolmentFacts = {
  readonly now: Date;
  readonly group: {
    readonly name: string;
    readonly enabled: boolean;
    readonly enrolled: number;
    readonly rules: EnrolmentRules;
  };
  readonly device: EnrollingDevice;
  readonly credential: EnrolmentCredentialState | null;
  readonly existing: ExistingDevice | null;
  /** A person has approved this very request. */
  readonly approved: boolean;
};

const longestShown = 64;

/** A word of a device in a sentence: short, so that nobody writes the sentence for us. */
function said(text: string): string {
  return text === "" ? "nothing" : `“${text.slice(0, longestShown)}”`;
}

/** As an instant is written in sentences. */
function instant(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function refuse(reason: EnrolmentRefusal, detail: string): EnrolmentRefused {
  return { outcome: "refused", reason, detail };
}

/** A name is one line of at most 120 characters; a device without one has its id. */
function nameOf(text: string, deviceId: string): string {
  const plain = text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ")
    .trim()
    .slice(0, 120)
    .trim();
  return plain === "" ? deviceId : plain;
}

/** What the rules make of a device; its id is not looked up yet. */
export function planDevice(
  rules: EnrolmentRules,
  device: EnrollingDevice,
): DevicePlan | EnrolmentRefused {
  const facts = { ...device, commonName: device.subject.commonName };
  const { text: deviceId, missing } = fillTemplate(rules.deviceIdTemplate, facts);
  const absent = missing[0];
  if (absent !== undefined) {
    return refuse(
      "bad-registration-id",
      `The device id is made of {${absent}}, of which the device ${said(device.registrationId)} says nothing.`,
    );
  }
  if (!isDeviceId(deviceId)) {
    return refuse("bad-registration-id", `${said(deviceId)} cannot be a device id.`);
  }
  return {
    deviceId,
    name: nameOf(fillTemplate(rules.nameTemplate, facts).text, deviceId),
    serial: device.serial,
    profileId: rules.profileId,
    tags: rules.tags,
    attributes: rules.attributes,
    quarantine: rules.quarantine,
    desired: rules.desired,
  };
}

function credentialProblem(
  { now, credential, device }: EnrolmentFacts,
  at: { readonly deviceId: string; readonly countsUse: boolean },
): EnrolmentRefused | undefined {
  if (credential === null) return undefined;
  const { revokedAt, expiresAt, maxUses, uses, expectedSerials } = credential;
  if (revokedAt !== null) {
    return refuse(
      "credential-revoked",
      `The claim certificate or secret was revoked at ${instant(revokedAt)}.`,
    );
  }
  if (expiresAt <= now) {
    return refuse(
      "credential-expired",
      `The claim certificate or secret expired at ${instant(expiresAt)}.`,
    );
  }
  if (at.countsUse && maxUses !== null && uses >= maxUses) {
    return refuse(
      "credential-used-up",
      `The claim certificate or secret was good for ${maxUses} ${maxUses === 1 ? "device" : "devices"} and is used up.`,
    );
  }
  const names = [device.serial, device.registrationId, at.deviceId];
  if (expectedSerials.length > 0 && !expectedSerials.some((serial) => names.includes(serial))) {
    return refuse(
      "not-expected",
      `The claim certificate or secret does not expect the serial ${said(device.serial || device.registrationId)}.`,
    );
  }
  return undefined;
}

function listProblem({ group, device }: EnrolmentFacts): EnrolmentRefused | undefined {
  const { allow, deny, subject } = group.rules;
  const names = [device.registrationId, device.serial].filter((name) => name !== "");
  const listed = (patterns: readonly string[]) =>
    patterns.find((pattern) => names.some((name) => matchesPattern(pattern, name)));
  const denied = listed(deny);
  if (denied !== undefined) {
    return refuse(
      "denied",
      `${said(device.registrationId)} is on the deny list of the group ${group.name} (${denied}).`,
    );
  }
  if (allow.length > 0 && listed(allow) === undefined) {
    return refuse(
      "not-allowed",
      `Neither ${said(device.registrationId)} nor its serial is on the allow list of the group ${group.name}.`,
    );
  }
  for (const [part, word] of [
    ["commonName", "common name"],
    ["organisation", "organisation"],
  ] as const) {
    const pattern = subject[part];
    if (pattern !== undefined && !matchesPattern(pattern, device.subject[part])) {
      return refuse(
        "subject-mismatch",
        `The subject's ${word} is ${said(device.subject[part])}, the group ${group.name} takes ${pattern}.`,
      );
    }
  }
  return undefined;
}

/** A credential that expects one serial and no other was made for that very device. */
function isForOneDevice({ credential }: EnrolmentFacts): boolean {
  return credential?.expectedSerials.length === 1;
}

function existingProblem(facts: EnrolmentFacts, deviceId: string): EnrolmentRefused | undefined {
  const { existing, group } = facts;
  if (existing === null) return undefined;
  if (!existing.sameGroup) {
    return refuse(
      "id-taken",
      `The device id “${deviceId}” belongs to a device that did not come by the group ${group.name}.`,
    );
  }
  if (existing.state === "decommissioned") {
    return refuse("id-taken", `The device ${deviceId} is decommissioned.`);
  }
  if (existing.state === "suspended") {
    return refuse("denied", `The device ${deviceId} is suspended.`);
  }
  if (isForOneDevice(facts)) return undefined;
  if (existing.revoked) {
    return refuse("denied", `The certificate of ${deviceId} was revoked.`);
  }
  if (existing.proven) return undefined;
  return refuse(
    "id-taken",
    `The device id “${deviceId}” is in use, and nothing shows that this is the same device.`,
  );
}

function limitProblem({ group, existing }: EnrolmentFacts): EnrolmentRefused | undefined {
  const { maxDevices } = group.rules;
  if (existing !== null || maxDevices === null || group.enrolled < maxDevices) return undefined;
  return refuse(
    "limit-reached",
    `The group ${group.name} takes ${maxDevices} ${maxDevices === 1 ? "device" : "devices"}, and that many came.`,
  );
}

/**
 * Decides on a device that enrols itself: by the group's rules, by the credential with which it
 * came, and by what there is already under its id. Nothing is counted here.
 */
export function decideEnrolment(facts: EnrolmentFacts): EnrolmentDecision {
  const { group, device } = facts;
  if (!group.enabled) {
    return refuse("group-disabled", `The group ${group.name} does not enrol devices now.`);
  }
  const plan = planDevice(group.rules, device);
  const countsUse = facts.existing?.proven !== true;
  const deviceId = "outcome" in plan ? device.registrationId : plan.deviceId;
  const problem = credentialProblem(facts, { deviceId, countsUse }) ?? listProblem(facts);
  if (problem !== undefined) return problem;
  if ("outcome" in plan) return plan;
  const taken = existingProblem(facts, plan.deviceId) ?? limitProblem(facts);
  if (taken !== undefined) return taken;
  const waits = group.rules.needsApproval && countsUse && !facts.approved;
  return { outcome: waits ? "pending" : "enrolled", plan, countsUse };
}
