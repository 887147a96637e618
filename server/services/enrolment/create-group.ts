import { randomBytes, randomUUID } from "node:crypto";
import type { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import { actorName, type Context } from "#server/services/context.ts";
import {
  makeGroupKey,
  type GroupKeyMade,
  type GroupKeySlot,
} from "#server/services/enrolment/group-key.ts";
import { groupTarget, rulesAsJson } from "#server/services/enrolment/internal.ts";
import { requireProfile } from "#server/services/enrolment/require-profile.ts";
import { createEnrolmentGroupSchema } from "#server/services/enrolment/schemas.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** A new group; its keys are in this answer and nowhere else in clear. */
export type EnrolmentGroupCreated = {
  /** UUID. */
  readonly id: string;
  /** What devices call it. */
  readonly publicId: string;
  /** Base64, of a symmetric-key group; null for others. */
  readonly primaryKey: string | null;
  readonly secondaryKey: string | null;
  /** With which its webhook checks what it is sent; null without a webhook. */
  readonly webhookSecret: string | null;
};

const base32 = "abcdefghijklmnopqrstuvwxyz234567";

/** Fifty random bits: it can be read out, and nobody finds another's by trying. */
function newPublicId(): string {
  return `en-${Array.from(randomBytes(10), (byte) => base32[byte % 32]).join("")}`;
}

async function requireFreeName(tx: Tx, { tenantId }: Context, name: string): Promise<void> {
  const there = await tx.enrolmentGroup.findFirst({
    where: { tenantId, name },
    select: { id: true },
  });
  if (there === null) return;
  throw new ServiceError("conflict", `There is an enrolment group “${name}” already.`, {
    remedy: "Choose another name, or change the rules of that one.",
    fields: [{ path: "name", message: "This name is taken." }],
  });
}

type MaybeKey = GroupKeyMade | { readonly text: null; readonly sealed: null };

/** The keys that a group of the kind has, and one for its webhook when it has one. */
function keysFor(
  ctx: Context,
  group: { readonly tenantId: string; readonly id: string },
  { kind, rules }: z.output<typeof createEnrolmentGroupSchema>,
): Readonly<Record<GroupKeySlot, MaybeKey>> {
  const key = (slot: GroupKeySlot, wanted: boolean): MaybeKey =>
    wanted ? makeGroupKey(ctx, group, slot) : { text: null, sealed: null };
  const isSymmetric = kind === "symmetric_key";
  return {
    primary: key("primary", isSymmetric),
    secondary: key("secondary", isSymmetric),
    webhook: key("webhook", rules.webhook !== null),
  };
}

/**
 * Makes an enrolment group with the first version of its rules.
 * @throws ServiceError not_found (profile), conflict (name)
 */
export const createEnrolmentGroup = defineMutation({
  name: "enrolmentGroup.create",
  can: "enrolment.manage",
  input: createEnrolmentGroupSchema,
  run: async ({ ctx, tx, input }) => {
    const { name, kind, rules, notes } = input;
    await requireFreeName(tx, ctx, name);
    await requireProfile(tx, ctx, rules.profileId);
    const group = { tenantId: ctx.tenantId, id: randomUUID() };
    const keys = keysFor(ctx, group, input);
    const publicId = newPublicId();
    const by = { createdAt: ctx.now(), createdBy: actorName(ctx.actor) };
    await tx.enrolmentGroup.create({
      data: {
        ...group,
        ...by,
        name,
        kind,
        publicId,
        sealedPrimary: keys.primary.sealed,
        sealedSecondary: keys.secondary.sealed,
        sealedWebhook: keys.webhook.sealed,
      },
      select: { id: true },
    });
    await tx.enrolmentGroupVersion.create({
      data: {
        ...by,
        tenantId: ctx.tenantId,
        groupId: group.id,
        version: 1,
        rules: rulesAsJson(rules),
        notes,
      },
      select: { version: true },
    });
    const value: EnrolmentGroupCreated = {
      id: group.id,
      publicId,
      primaryKey: keys.primary.text,
      secondaryKey: keys.secondary.text,
      webhookSecret: keys.webhook.text,
    };
    return {
      value,
      audit: {
        target: groupTarget({ publicId }),
        payload: { after: { id: group.id, name, kind, version: 1, rules, notes } },
      },
    };
  },
});
