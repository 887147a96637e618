import type { Tx } from "#server/db/client.ts";
import { lockEnrolmentGroup, type LockedEnrolmentGroup } from "#server/db/lock-enrolment-group.ts";
import type { EnrolmentRefusal } from "#server/domain/enrolment-refusal.ts";
import type { EnrolmentKind, EnrolmentRules } from "#server/domain/enrolment-rules.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";

/** A group that is locked, with the rules that count. */
export type LockedGroup = Omit<LockedEnrolmentGroup, "rules"> & { readonly rules: EnrolmentRules };

/** Rules as a version keeps them; what later versions of the product added is filled in. */
export function readRules(kept: unknown): EnrolmentRules {
  return enrolmentRules.parse(kept);
}

/** Rules as the column holds them. */
export function rulesAsJson(rules: object): object {
  return JSON.parse(JSON.stringify(rules)) as object;
}

/** A refusal: leaves the transaction that it ends, and is answered and recorded, never shown as a fault. */
export class EnrolmentStopped extends Error {
  readonly reason: EnrolmentRefusal;
  constructor(reason: EnrolmentRefusal, detail: string) {
    super(detail);
    this.reason = reason;
  }
}

/** The group, locked until the transaction ends; undefined when there is none. */
export async function lockGroup(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  reference: string,
): Promise<LockedGroup | undefined> {
  const row = await lockEnrolmentGroup(tx, tenantId, reference);
  return row && { ...row, rules: readRules(row.rules) };
}

/**
 * The group that a change is about, locked until the transaction ends.
 * @param reference its UUID or what devices call it
 * @throws ServiceError not_found
 */
export async function requireGroup(
  tx: Tx,
  ctx: Pick<Context, "tenantId">,
  reference: string,
): Promise<LockedGroup> {
  const group = await lockGroup(tx, ctx, reference);
  if (group !== undefined) return group;
  throw noSuchGroup(reference);
}

/** For queries, which lock nothing. */
export function noSuchGroup(reference: string): ServiceError {
  return new ServiceError("not_found", `There is no enrolment group “${reference}”.`, {
    remedy: "Check the id in the list of enrolment groups.",
  });
}

/** How the audit trail names a group. */
export function groupTarget({ publicId }: Pick<LockedGroup, "publicId">): string {
  return `enrolmentGroup:${publicId}`;
}

const kindWords: Readonly<Record<EnrolmentKind, string>> = {
  customer_ca: "a customer's CA",
  claim: "claim certificates",
  symmetric_key: "symmetric keys",
  est: "EST",
};

/**
 * Some things only some kinds of groups have.
 * @param what in the plural, as a sentence begins
 * @throws ServiceError conflict
 */
export function requireKind(
  group: Pick<LockedGroup, "name" | "kind">,
  kinds: readonly EnrolmentKind[],
  what: string,
): void {
  if (kinds.includes(group.kind)) return;
  throw new ServiceError(
    "conflict",
    `${what} are not for the group ${group.name}, whose devices enrol by ${kindWords[group.kind]}.`,
    { remedy: `Use a group for ${kinds.map((kind) => kindWords[kind]).join(" or ")}.` },
  );
}
