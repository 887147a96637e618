import { z } from "zod";
import { dataCategories } from "#server/domain/data-category.ts";
import { exportDeadLetters } from "#server/services/dead-letter/export.ts";
import { importDeadLetters } from "#server/services/dead-letter/import.ts";
import { listDeadLetterRetention } from "#server/services/dead-letter/list-retention.ts";
import { listDeadLetters } from "#server/services/dead-letter/list.ts";
import {
  deadLetterDirections,
  deadLetterStates,
  deadLetterFilter,
} from "#server/services/dead-letter/schemas.ts";
import { setDeadLetterRetention } from "#server/services/dead-letter/set-retention.ts";
import { showDeadLetter } from "#server/services/dead-letter/show.ts";
import { tryDeadLetters } from "#server/services/dead-letter/try.ts";

const instant = z.iso.datetime();
const tag = "Dead letters";
const ndjson = "application/x-ndjson";

/** A payload's values, whatever they are. */
const values = z.unknown();

export const runSample = z.object({
  id: z.uuid(),
  deviceId: z.string(),
  before: values,
  after: values,
});

export const runFailure = z.object({
  detail: z.string(),
  count: z.int(),
  id: z.uuid().describe("A letter that fails so"),
});

const letter = z.object({
  id: z.uuid(),
  receivedAt: instant,
  deviceId: z.string(),
  topic: z.string(),
  transport: z.string(),
  qos: z.int(),
  messageId: z.string().nullable(),
  reason: z.string(),
  detail: z.string(),
  fingerprint: z.string(),
  direction: z.enum(deadLetterDirections),
  state: z.enum(deadLetterStates),
});

const schema = z.object({ name: z.string(), version: z.int() }).nullable();

const mark = z.enum(["unknown", "missing", "type", "value"]);

export const listDeadLettersRoute = {
  method: "get",
  path: "/dead-letters",
  tag,
  summary: "List refused messages, newest first",
  operation: listDeadLetters,
  request: listDeadLetters.input,
  response: z.object({
    letters: z.array(letter),
    next: z.string().nullable().describe("Pass as `cursor` for the next page"),
  }),
} as const;

export const showDeadLetterRoute = {
  method: "get",
  path: "/dead-letters/{id}",
  tag,
  summary: "Show a refused message with its payload; reading it is recorded",
  operation: showDeadLetter,
  request: showDeadLetter.input,
  response: letter.extend({
    payloadBytes: z.int(),
    payload: z.object({ as: z.enum(["text", "hex"]), content: z.string() }),
    views: z.object({
      json: z
        .array(
          z.object({
            text: z.string(),
            path: z.string(),
            mark: mark.optional(),
            note: z.string().optional(),
          }),
        )
        .nullable(),
      cbor: z.string().nullable(),
      protobuf: z.string().nullable(),
      hex: z.string(),
    }),
    difference: z
      .object({
        items: z.array(
          z.object({ path: z.string(), kind: mark, expected: z.string(), found: z.string() }),
        ),
        isCut: z.boolean(),
        suggestions: z.array(
          z.object({ op: z.literal("rename"), from: z.string(), to: z.string() }),
        ),
      })
      .nullable(),
    verdicts: z.array(
      z.object({
        stage: z.enum(["admitted", "schema", "decoded", "readings", "valid"]),
        ok: z.boolean(),
        detail: z.string(),
      }),
    ),
    channel: z.string(),
    contentType: z.string().nullable(),
    properties: z.record(z.string(), z.union([z.string(), z.number()])),
    firmware: z.string().nullable(),
    category: z.string(),
    path: z.string(),
    errorKind: z.string(),
    schema,
    eventAt: instant,
    settled: z
      .object({ at: instant, by: z.string(), reason: z.string(), runId: z.uuid().nullable() })
      .nullable(),
    stored: z.object({ ts: instant, key: z.string() }).nullable(),
  }),
} as const;

export const exportDeadLettersRoute = {
  method: "get",
  path: "/dead-letters/export",
  tag,
  summary: "Download refused messages with their payloads, one a line; recorded",
  operation: exportDeadLetters,
  request: deadLetterFilter,
  response: z.string().describe("One JSON document a line"),
  media: { answer: ndjson },
} as const;

export const importDeadLettersRoute = {
  method: "post",
  path: "/dead-letters/import",
  tag,
  summary: "Put exported messages back, all of a file or nothing of it, at most 10 MB",
  operation: importDeadLetters,
  request: importDeadLetters.input,
  response: z.object({ imported: z.int(), known: z.int() }),
  media: { body: ndjson },
} as const;

export const tryDeadLettersRoute = {
  method: "post",
  path: "/dead-letters/try",
  tag,
  summary: "Try a transform on up to 200 letters, or another payload for one; nothing is stored",
  operation: tryDeadLetters,
  request: tryDeadLetters.input,
  response: z.object({
    checked: z.int(),
    wouldStore: z.int(),
    wouldFail: z.int(),
    samples: z.array(runSample),
    failures: z.array(runFailure),
  }),
} as const;

export const listRetentionRoute = {
  method: "get",
  path: "/dead-letter-retention",
  tag,
  summary: "List for how many days refused messages are kept, by data category",
  operation: listDeadLetterRetention,
  request: listDeadLetterRetention.input,
  response: z.array(
    z.object({
      category: z.enum(dataCategories),
      days: z.int(),
      isDefault: z.boolean(),
      changedAt: instant.nullable(),
      changedBy: z.string().nullable(),
    }),
  ),
} as const;

export const setRetentionRoute = {
  method: "put",
  path: "/dead-letter-retention/{category}",
  tag,
  summary: "Set for how many days refused messages of a data category are kept",
  operation: setDeadLetterRetention,
  request: setDeadLetterRetention.input,
  response: z.object({ category: z.enum(dataCategories), days: z.int() }),
} as const;
