import { setImmediate as nextTurn } from "node:timers/promises";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";
import { streamOf } from "#server/pipeline/choose-schema.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import type { BoundSchema } from "#server/pipeline/profile.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import {
  inferSchema as inferJsonSchema,
  type FieldEvidence,
  type ValuesSample,
} from "#server/schema/infer-schema.ts";
import { prepareSchema } from "#server/schema/prepare-schema.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineInspection } from "#server/services/schema/define-inspection.ts";
import { findBoundVersion } from "#server/services/schema/find-bound-version.ts";
import { readKept } from "#server/services/schema/kept-messages.ts";
import { inferSchemaSchema } from "#server/services/schema/schemas.ts";

/** A draft made of what devices have sent. */
export type InferredSchema = {
  readonly definition: SchemaDefinition;
  readonly evidence: readonly FieldEvidence[];
  /** Messages that it was made of, stored and refused ones. */
  readonly samples: number;
  /** Messages that could not be read. */
  readonly skipped: number;
};

/** Messages between two turns of the event loop. */
const turn = 100;
/** Readings that are looked at; more do not change the picture. */
const mostReadings = 10_000;

/**
 * Proposes a schema for the messages of a profile and stream, from those that were kept and its open
 * dead letters. Nothing is created.
 * @throws ServiceError not_found
 */
export const inferSchema = defineInspection({
  name: "schema.infer",
  can: "schema.manage",
  input: inferSchemaSchema,
  read: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const profile = await tx.profile.findUnique({
      where: { tenantId_id: { tenantId, id: input.profileId } },
      select: { name: true, open: true },
    });
    if (profile === null) {
      throw new ServiceError("not_found", "There is no such profile.", {
        remedy: "Choose one of the list.",
      });
    }
    const version = await findBoundVersion(tx, ctx, input);
    const { samples, letters } = await readKept(tx, ctx, {
      profileIds: [input.profileId],
      hours: input.hours,
    });
    const rows = [...samples, ...letters].filter(
      ({ channel }) => streamOf(channel) === input.stream,
    );
    return { profile, bound: prepareSchema({ ...version, open: profile.open }), rows };
  },
  conclude: async ({ profile, bound, rows }, { input }) => {
    const { readings, read } = await readingsFrom(rows, bound);
    const { jsonSchema, evidence } = inferJsonSchema(readings);
    const definition: SchemaDefinition = {
      format: "json",
      jsonSchema: { ...jsonSchema },
      protobuf: null,
      processing: [],
      dropWhen: "",
      examples: [],
    };
    const counts = { samples: read, skipped: rows.length - read };
    return {
      value: { definition, evidence, ...counts } satisfies InferredSchema,
      audit: {
        target: `profile:${profile.name}`,
        payload: { stream: input.stream, hours: input.hours, ...counts },
      },
    };
  },
});

/**
 * Values of all readings, as devices sent them.
 * @returns them, and how many messages could be read
 */
export async function readingsFrom(
  rows: readonly KeptMessageRow[],
  bound: BoundSchema,
): Promise<{ readonly readings: readonly ValuesSample[]; readonly read: number }> {
  const readings: ValuesSample[] = [];
  let read = 0;
  for (const [index, row] of rows.entries()) {
    if (index % turn === 0) await nextTurn();
    if (readings.length >= mostReadings) break;
    const values = valuesOf(row, bound);
    if (values === undefined) continue;
    read += 1;
    const { deviceId, firmware } = row;
    readings.push(...values.map((each) => ({ values: each, deviceId, firmware })));
  }
  return { readings, read };
}

function valuesOf(
  { payload, contentType }: KeptMessageRow,
  bound: BoundSchema,
): readonly ValuesSample["values"][] | undefined {
  const said = contentType === "" ? {} : { contentType };
  const decoded = decodePayload({ payload: Buffer.from(payload), ...said }, bound);
  if (!decoded.ok) return undefined;
  const found = readingsOf(decoded.value, {});
  return found.ok ? found.value.map(({ values }) => values) : undefined;
}
