import type { z } from "zod";
import { freezeBulkDevices } from "#server/db/bulk-job-devices.ts";
import type { Tx } from "#server/db/client.ts";
import { bulkCapability, maxBulkDevices, type BulkAction } from "#server/domain/bulk-action.ts";
import { bulkTarget } from "#server/services/bulk/internal.ts";
import { createBulkJobSchema } from "#server/services/bulk/schemas.ts";
import { viewsOfBulkJobs } from "#server/services/bulk/to-view.ts";
import type { BulkJobView } from "#server/services/bulk/view.ts";
import { actorName, type Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";

/** Jobs of an organisation that wait or run at once. */
export const mostOpenJobs = 20;
/** Two hundred thousand devices are written down within seconds. */
const timeoutMs = 60_000;

const name = "bulk.create";
type Input = z.output<typeof createBulkJobSchema>;

const create = defineMutation({
  name,
  // What the action itself needs is asked for below, when it is known.
  can: "fleet.view",
  input: createBulkJobSchema,
  timeoutMs,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const { action, selection, reason } = input;
    requireReason(input);
    await refuseWhenBusy(tx, tenantId);
    await requireProfile(tx, tenantId, action);
    const userId = ctx.actor.type === "user" ? ctx.actor.id : null;
    const { id } = await tx.bulkJob.create({
      data: {
        tenantId,
        action,
        selection,
        reason,
        createdAt: ctx.now(),
        createdBy: actorName(ctx.actor),
        userId,
      },
      select: { id: true },
    });
    const total = await freezeBulkDevices(
      tx,
      { tenantId, id },
      { selection, now: ctx.now(), most: maxBulkDevices },
    );
    requireCount(total, input);
    const job = await tx.bulkJob.update({
      where: { tenantId_id: { tenantId, id } },
      data: { total },
    });
    const [view] = await viewsOfBulkJobs(tx, [job], { tenantId, now: ctx.now() });
    if (view === undefined) throw new Error("A job that was just made has no view.");
    return {
      value: view,
      audit: {
        target: bulkTarget(id),
        payload: { action, selection, devices: total },
        ...(reason === "" ? {} : { reason }),
      },
      control: { kind: "work", tenantId },
    };
  },
});

/**
 * Begins a change of many devices: which they are is written down now, a worker changes them.
 * @throws ServiceError forbidden (what the action needs), invalid, conflict (more match than were
 * expected, too many jobs wait), not_found (the profile)
 */
export const createBulkJob = Object.assign(
  async (ctx: Context, raw: z.input<typeof createBulkJobSchema>): Promise<BulkJobView> => {
    const { action } = parseInput(createBulkJobSchema, raw);
    await requireCapability(ctx, { name, can: bulkCapability(action) });
    return create(ctx, raw);
  },
  { can: create.can, input: createBulkJobSchema } as const,
);
Object.defineProperty(createBulkJob, "name", { value: name });

function requireReason({ action, reason }: Input): void {
  if (action.kind !== "decommission" || reason !== "") return;
  throw new ServiceError("invalid", "Say why the devices are decommissioned.", {
    remedy: "The reason stands in the audit trail of every device.",
    fields: [{ path: "reason", message: "Say why." }],
  });
}

async function refuseWhenBusy(tx: Tx, tenantId: string): Promise<void> {
  const open = await tx.bulkJob.count({
    where: { tenantId, state: { in: ["queued", "running"] } },
  });
  if (open < mostOpenJobs) return;
  throw new ServiceError("conflict", `${open} bulk jobs wait or run already.`, {
    remedy: "Wait until one has ended, or cancel one.",
  });
}

async function requireProfile(tx: Tx, tenantId: string, action: BulkAction): Promise<void> {
  if (action.kind !== "set_profile") return;
  const profile = await tx.profile.count({ where: { tenantId, id: action.profileId } });
  if (profile > 0) return;
  throw new ServiceError("not_found", `There is no profile “${action.profileId}”.`, {
    remedy: "Choose one of the list of profiles.",
    fields: [{ path: "action.profileId", message: "There is no such profile." }],
  });
}

/** @throws ServiceError, which takes back what was written down */
function requireCount(total: number, { expected, action }: Input): void {
  if (total === 0) {
    throw new ServiceError("invalid", "No device matches.", {
      remedy: "Choose devices, or change the filter.",
      fields: [{ path: "selection", message: "No device matches." }],
    });
  }
  if (total > maxBulkDevices) {
    throw new ServiceError("invalid", `More than ${maxBulkDevices} devices match.`, {
      remedy: "Narrow the filter, and do it in several parts.",
      fields: [{ path: "selection", message: `At most ${maxBulkDevices} devices.` }],
    });
  }
  if (action.kind === "decommission" && expected === undefined) {
    throw new ServiceError("invalid", "Say how many devices you expect to decommission.", {
      remedy: "Give their number as expected; nothing is begun when more match.",
      fields: [{ path: "expected", message: "How many devices?" }],
    });
  }
  if (expected !== undefined && total > expected) {
    throw new ServiceError("conflict", `${total} devices match now, not ${expected}.`, {
      remedy: "Look at them again. Nothing was changed.",
    });
  }
}
