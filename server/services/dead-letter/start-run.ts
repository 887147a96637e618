import { createHash } from "node:crypto";
import type { Tx } from "#server/db/client.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { noGroup, noLetter } from "#server/services/dead-letter/internal.ts";
import {
  startRunSchema,
  type KeptSelection,
  type RunSelection,
} from "#server/services/dead-letter/schemas.ts";
import { compileTransform } from "#server/services/dead-letter/transform.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineMutation } from "#server/services/mutation.ts";

/**
 * Asks the workers to try, replay or discard the open letters of a group, or letters one by one.
 * Letters that come later are not part of it.
 * @throws ServiceError not_found (no such group or letter), invalid (the transform cannot be used),
 *   conflict (no letter is open, or another run changes the group)
 */
export const startDeadLetterRun = defineMutation({
  name: "deadLetter.startRun",
  can: "deadLetter.manage",
  input: startRunSchema,
  run: async ({ ctx, tx, input }) => {
    const { kind, selection, transform, payload, reason } = input;
    const { tenantId } = ctx;
    compileTransform(transform);
    const { total, fingerprint } = await openOf(ctx, tx, selection);
    if (total === 0) {
      throw new ServiceError("conflict", "None of these messages is open.", {
        remedy: "They were replayed or discarded. Reload the page.",
      });
    }
    if (fingerprint !== null && kind !== "dry_run") await requireIdle(ctx, tx, fingerprint);
    const kept: KeptSelection = { ...selection, ...(payload !== undefined && { payload }) };
    const run = await tx.deadLetterRun.create({
      data: {
        tenantId,
        kind,
        fingerprint,
        selection: kept,
        transform: transform as Prisma.InputJsonValue,
        reason,
        total,
        createdBy: actorName(ctx.actor),
      },
      select: { id: true },
    });
    return {
      value: { id: run.id, total },
      audit: {
        target: `deadLetterRun:${run.id}`,
        reason,
        payload: {
          kind,
          total,
          selection,
          transform,
          ...(payload !== undefined && (await hashesOf(ctx, tx, selection, payload))),
        },
      },
      control: { kind: "run" as const, tenantId },
    };
  },
});

/** How many letters are open. @throws ServiceError not_found */
async function openOf(
  { tenantId }: Pick<Context, "tenantId">,
  tx: Tx,
  selection: RunSelection,
): Promise<{ readonly total: number; readonly fingerprint: string | null }> {
  if ("fingerprint" in selection) {
    const { fingerprint } = selection;
    // Two who start at once: the second waits here, and then sees the run of the first.
    const rows = await tx.$queryRaw<{ open: bigint }[]>`
      SELECT open FROM dead_letter_group
      WHERE tenant_id = ${tenantId}::uuid AND fingerprint = ${fingerprint} FOR UPDATE`;
    const [group] = rows;
    if (group === undefined) throw noGroup();
    return { total: Number(group.open), fingerprint };
  }
  const ids = [...new Set(selection.ids)];
  const known = await tx.deadLetter.count({ where: { tenantId, id: { in: ids } } });
  if (known < ids.length) throw noLetter();
  const total = await tx.deadLetter.count({
    where: { tenantId, id: { in: ids }, state: "open" },
  });
  return { total, fingerprint: null };
}

async function requireIdle(
  { tenantId }: Pick<Context, "tenantId">,
  tx: Tx,
  fingerprint: string,
): Promise<void> {
  const busy = await tx.deadLetterRun.count({
    where: {
      tenantId,
      fingerprint,
      kind: { not: "dry_run" },
      state: { in: ["queued", "running"] },
    },
  });
  if (busy === 0) return;
  throw new ServiceError("conflict", "Another run changes this group at the moment.", {
    remedy: "Wait until it has ended, or cancel it.",
  });
}

/** What was edited into what, without either's text. */
async function hashesOf(
  { tenantId }: Pick<Context, "tenantId">,
  tx: Tx,
  selection: RunSelection,
  payload: string,
): Promise<{ readonly originalSha256: string; readonly editedSha256: string }> {
  const id = "ids" in selection ? (selection.ids[0] ?? "") : "";
  const row = await tx.deadLetter.findUnique({
    where: { tenantId_id: { tenantId, id } },
    select: { payload: true },
  });
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  return {
    originalSha256: sha256(row?.payload ?? new Uint8Array()),
    editedSha256: sha256(Buffer.from(payload, "base64")),
  };
}
