import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { RecordedRevocation } from "#server/db/record-revocations.ts";
import { findSelectedCertificates } from "#server/db/revocation-selection.ts";
import { withTenant } from "#server/db/tenant.ts";
import { appendAudits } from "#server/services/audit/append.ts";
import { recordRevocation } from "#server/services/certificate/record-revocation.ts";
import { selectionOf } from "#server/services/certificate/revocation-impact.ts";
import { revocationFilterSchema, revokeManySchema } from "#server/services/certificate/schemas.ts";
import { revocationReasons } from "#server/domain/revocation-reason.ts";
import type { Context } from "#server/services/context.ts";
import { deviceTarget } from "#server/services/device/internal.ts";
import { ServiceError } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation, requireCapability } from "#server/services/mutation.ts";
import { translateDatabaseError } from "#server/services/translate-database-error.ts";

/** What one call has revoked. */
export type CertificatesRevoked = {
  /** By which the audit events of the call are found: `certificates:<run>`. */
  readonly run: string;
  readonly certificates: number;
  readonly devices: number;
  /** Named ones that were revoked already. */
  readonly already: number;
};

/** A transaction holds as many, so that none lasts long. */
const inTransaction = 500;
/** That a filter may match; beyond it a CA is better retired. */
const mostMatched = 100_000;

const name = "certificate.revokeMany";
const can = "certificate.revoke";

type Input = z.output<typeof revokeManySchema>;

/**
 * Revokes many certificates, in transactions of 500: each certificate with an audit event of its own,
 * each transaction with one that has the digest of its list. After a crash the call may be repeated:
 * what is revoked already stays as it is.
 * @throws ServiceError forbidden, invalid, conflict (a filter matches another number than was confirmed,
 * or more than 100 000; named ones do not exist)
 */
export const revokeManyCertificates = Object.assign(
  async (ctx: Context, raw: z.input<typeof revokeManySchema>): Promise<CertificatesRevoked> => {
    await requireCapability(ctx, { name, can });
    const input = parseInput(revokeManySchema, raw);
    const ids = await translateDatabaseError(() => chosen(ctx, input));
    const run = randomUUID();
    const devices = new Set<string>();
    let certificates = 0;
    for (let from = 0; from < ids.length; from += inTransaction) {
      const part = await revokePart(ctx, {
        run,
        ids: ids.slice(from, from + inTransaction),
        reason: input.reason,
        filter: input.filter,
      });
      for (const { deviceUuid } of part) devices.add(deviceUuid);
      certificates += part.length;
    }
    const asked = input.ids?.length ?? ids.length;
    return { run, certificates, devices: devices.size, already: asked - certificates };
  },
  { can, input: revokeManySchema } as const,
);
Object.defineProperty(revokeManyCertificates, "name", { value: name });

/** @throws ServiceError conflict when it is not what was confirmed */
async function chosen(ctx: Context, input: Input): Promise<readonly string[]> {
  return withTenant(ctx, async (tx) => {
    if (input.ids !== undefined) {
      const where = { tenantId: ctx.tenantId, id: { in: input.ids } };
      requireConfirmed(await tx.certificate.count({ where }), input.ids.length);
      requireConfirmed(input.ids.length, input.expected);
    }
    const found = await findSelectedCertificates(tx, selectionOf(input), mostMatched + 1);
    if (found.length > mostMatched) {
      throw new ServiceError("conflict", `More than ${mostMatched} certificates match.`, {
        remedy: "Narrow the filter. If a whole CA is lost, replace it on the page Authorities.",
      });
    }
    if (input.ids === undefined) requireConfirmed(found.length, input.expected);
    return found;
  });
}

function requireConfirmed(found: number, confirmed: number): void {
  if (found === confirmed) return;
  throw new ServiceError(
    "conflict",
    `There are ${found} such certificates now, and ${confirmed} were confirmed.`,
    { remedy: "Nothing was changed. Look at the new number and confirm it." },
  );
}

const revokePart = defineMutation({
  name,
  can,
  input: z.object({
    run: z.uuid(),
    ids: z.array(z.uuid()),
    reason: z.enum(revocationReasons),
    filter: revocationFilterSchema.optional(),
  }),
  timeoutMs: 60_000,
  run: async ({ ctx, tx, input }) => {
    const { run, reason, filter } = input;
    const value = await recordRevocation(tx, ctx, {
      certificates: input.ids.map((id) => ({ id })),
      kind: "revoked",
      reason,
    });
    const events = value.map((one) => ({
      ...eventOf(one, run),
      action: "certificate.revoke",
      reason,
    }));
    await appendAudits(tx, ctx, events);
    return {
      value,
      audit: {
        target: `certificates:${run}`,
        reason,
        payload: {
          filter: filter ?? null,
          asked: input.ids.length,
          revoked: value.length,
          digest: digestOf(value),
        },
      },
    };
  },
});

function eventOf({ deviceId, certificateId, sha256, serial, id }: RecordedRevocation, run: string) {
  return {
    target: deviceTarget({ deviceId }),
    payload: { certificateId, sha256, serial, after: { state: "revoked" }, revocations: [id], run },
  };
}

/** Of the fingerprints in order, one a line. */
function digestOf(revoked: readonly RecordedRevocation[]): string {
  const lines = revoked.map(({ sha256 }) => sha256).toSorted();
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}
