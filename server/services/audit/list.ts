import type { Prisma } from "#server/db/generated/client.ts";
import { listAuditInput } from "#server/services/audit/schemas.ts";
import { defineQuery } from "#server/services/query.ts";
import type { z } from "zod";

/** A link of the chain as people read it. `seq` is a decimal string (bigint in storage). */
export type AuditEventView = {
  readonly seq: string;
  readonly at: Date;
  readonly actor: string;
  readonly actorType: string;
  readonly action: string;
  readonly target: string;
  readonly outcome: string;
  readonly reason: string | null;
  readonly requestId: string | null;
  readonly ip: string | null;
  /** Before, after and what else the change said; null when it was erased. */
  readonly payload: unknown;
  /** Lower-case hex. */
  readonly hash: string;
};

export type AuditPage = {
  readonly events: readonly AuditEventView[];
  /** `before` of the next page; null on the last. */
  readonly next: string | null;
};

/** Newest first, by sequence number. */
export const listAudit = defineQuery({
  name: "audit.list",
  can: "audit.view",
  input: listAuditInput,
  run: async ({ ctx, tx, input }): Promise<AuditPage> => {
    const rows = await tx.auditEvent.findMany({
      where: { tenantId: ctx.tenantId, ...whereOf(input) },
      orderBy: { seq: "desc" },
      take: input.limit + 1,
      omit: { tenantId: true, salt: true, payloadDigest: true, prevHash: true },
    });
    const events = rows.slice(0, input.limit).map(({ seq, actionCode, hash, ...event }) => ({
      ...event,
      seq: seq.toString(),
      action: actionCode,
      hash: Buffer.from(hash).toString("hex"),
    }));
    return { events, next: rows.length > input.limit ? (events.at(-1)?.seq ?? null) : null };
  },
});

type Filter = z.output<typeof listAuditInput>;

/** A prefix ("device.", "device:") stands for everything that begins so. */
function exactOrPrefix(text: string | undefined, mark: string): Prisma.StringFilter | undefined {
  if (text === undefined) return undefined;
  return text.endsWith(mark) ? { startsWith: text } : { equals: text };
}

function whereOf(filter: Filter): Prisma.AuditEventWhereInput {
  const { actor, outcome, from, to, before } = filter;
  const action = exactOrPrefix(filter.action, ".");
  const target = exactOrPrefix(filter.target, ":");
  return {
    ...(actor === undefined ? {} : { actor }),
    ...(action === undefined ? {} : { actionCode: action }),
    ...(target === undefined ? {} : { target }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(before === undefined ? {} : { seq: { lt: BigInt(before) } }),
    ...atBetween(from, to),
  };
}

function atBetween(from: Date | undefined, to: Date | undefined): Prisma.AuditEventWhereInput {
  if (from === undefined && to === undefined) return {};
  return {
    at: { ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) },
  };
}
