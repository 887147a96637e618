import { withTenant } from "#server/db/tenant.ts";
import type { Tx } from "#server/db/client.ts";
import {
  countDeadLetters,
  findDeadLetters,
  type LetterFilter,
  type LetterPlace,
} from "#server/db/find-dead-letters.ts";
import type { Prisma } from "#server/db/generated/client.ts";
import { isDataCategory } from "#server/domain/data-category.ts";
import type { Context } from "#server/services/context.ts";
import { inOrder, summaryColumns } from "#server/services/dead-letter/list.ts";
import { deadLetterFilter, type DeadLetterLine } from "#server/services/dead-letter/schemas.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation } from "#server/services/mutation.ts";

/** Letters that stand in memory at once, payloads included. */
const pageSize = 100;

const columns = {
  ...summaryColumns,
  payload: true,
  channel: true,
  contentType: true,
  properties: true,
  firmware: true,
  category: true,
  path: true,
  errorKind: true,
  schemaId: true,
  eventAt: true,
} as const;

type Row = Prisma.DeadLetterGetPayload<{ select: typeof columns }>;

/** Records the export before its first line is read; what devices sent may be personal. */
const recordExport = defineMutation({
  name: "deadLetter.export",
  can: "deadLetter.export",
  input: deadLetterFilter,
  run: async ({ ctx, tx, input }) => {
    const letters = await countDeadLetters(tx, { tenantId: ctx.tenantId, ...input });
    const payload = { filter: input, letters };
    return { value: letters, audit: { target: "deadLetters:export", payload } };
  },
});

/**
 * The matching dead letters with their payloads as NDJSON, one a line, newest first, page by page, so
 * that many of them never stand in memory. What comes meanwhile is not part of it.
 * @param input as listDeadLetters takes it; its cursor and limit do not count
 * @throws ServiceError forbidden, invalid, before the first line
 */
export async function exportDeadLetters(
  ctx: Context,
  input: unknown,
): Promise<AsyncGenerator<string, void>> {
  await recordExport(ctx, input as Parameters<typeof recordExport>[1]);
  return lines(ctx, parseInput(deadLetterFilter, input));
}

async function* lines(ctx: Context, filter: LetterFilter): AsyncGenerator<string, void> {
  let after: LetterPlace | undefined;
  for (;;) {
    const page = await withTenant(ctx, (tx) => readPage(tx, ctx, { ...filter, after }));
    yield page.lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (page.last === undefined) return;
    after = page.last;
  }
}

async function readPage(
  tx: Tx,
  { tenantId }: Pick<Context, "tenantId">,
  filter: LetterFilter & { readonly after: LetterPlace | undefined },
): Promise<{ readonly lines: readonly DeadLetterLine[]; readonly last: LetterPlace | undefined }> {
  const places = await findDeadLetters(tx, { tenantId, ...filter, limit: pageSize });
  const ids = places.map(({ id }) => id);
  const found = await tx.deadLetter.findMany({
    where: { tenantId, id: { in: ids } },
    select: columns,
  });
  const rows = inOrder(ids, found);
  const schemaIds = rows.flatMap(({ schemaId }) => (schemaId === null ? [] : [schemaId]));
  const versions = await tx.schemaVersion.findMany({
    where: { tenantId, id: { in: [...new Set(schemaIds)] } },
    select: { id: true, name: true, version: true },
  });
  const schemas = new Map(versions.map(({ id, ...schema }) => [id, schema]));
  return {
    lines: rows.map((row) =>
      toLine(row, row.schemaId === null ? null : (schemas.get(row.schemaId) ?? null)),
    ),
    last: places.length === pageSize ? places.at(-1) : undefined,
  };
}

function toLine(row: Row, schema: DeadLetterLine["schema"]): DeadLetterLine {
  const { fingerprint: _, schemaId: __, receivedAt, eventAt, payload, properties, ...rest } = row;
  return {
    ...rest,
    receivedAt: receivedAt.toISOString(),
    eventAt: eventAt.toISOString(),
    category: isDataCategory(rest.category) ? rest.category : "telemetry",
    // As the worker kept them: id, ts, seq and schema, where they came.
    properties: properties as DeadLetterLine["properties"],
    schema,
    payload: Buffer.from(payload).toString("base64"),
  };
}
