import { isUtf8 } from "node:buffer";
import { readSamples } from "#server/db/read-samples.ts";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import { streamOf } from "#server/pipeline/choose-schema.ts";
import { appendAudit } from "#server/services/audit/append.ts";
import { defineQuery } from "#server/services/query.ts";
import { findSchema, schemaTargetOf } from "#server/services/schema/internal.ts";
import { readScope } from "#server/services/schema/kept-messages.ts";
import { listSamplesSchema } from "#server/services/schema/schemas.ts";
import type { SampleView } from "#server/services/schema/view.ts";

const hourMs = 3_600_000;
const mostBytes = 4_194_304;
/** Of which those that fall under the schema's bindings are shown. */
const mostLookedAt = 500;

/**
 * Newest payloads that were kept of messages of this schema, to make examples of. What devices send
 * may be personal, so that reading it is recorded.
 * @throws ServiceError not_found
 */
export const listSamples = defineQuery({
  name: "schema.listSamples",
  can: "schema.manage",
  input: listSamplesSchema,
  run: async ({ ctx, tx, input }): Promise<{ readonly samples: readonly SampleView[] }> => {
    const { tenantId } = ctx;
    const schema = await findSchema(tx, ctx, input.name);
    const { profileIds, covers } = await readScope(tx, tenantId, { schemaRef: schema.id });
    const since = new Date(ctx.now().getTime() - input.hours * hourMs);
    const rows = await readSamples(tx, {
      tenantId,
      profileIds,
      since,
      most: mostLookedAt,
      mostBytes,
    });
    const samples = rows.filter(covers).slice(0, input.limit).map(toView);
    await appendAudit(tx, ctx, {
      action: "schema.listSamples",
      target: schemaTargetOf(schema),
      payload: { devices: [...new Set(samples.map(({ deviceId }) => deviceId))] },
    });
    return { samples };
  },
});

function toView(row: KeptMessageRow): SampleView {
  const { deviceId, firmware, contentType } = row;
  const bytes = Buffer.from(row.payload);
  const encoding = isUtf8(bytes) && !bytes.includes(0) ? "text" : "base64";
  return {
    deviceId,
    firmware,
    contentType,
    receivedAt: row.receivedAt.toISOString(),
    stream: streamOf(row.channel),
    payload: bytes.toString(encoding === "text" ? "utf8" : "base64"),
    encoding,
  };
}
