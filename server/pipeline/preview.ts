import { bindingFor, namedVersion, versionFor } from "#server/pipeline/choose-schema.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import type { BoundSchema, IngestProfile, Processing } from "#server/pipeline/profile.ts";
import { readingsOf, type JsonObject } from "#server/pipeline/readings.ts";
import { runStages, type Content } from "#server/pipeline/run-stages.ts";
import { pass, type Stage } from "#server/pipeline/stage.ts";

/** What would become of a message. */
export type Preview = {
  readonly result: Stage<Content>;
  /** Values of its readings as they were sent: of one the object, else a list; null if unreadable. */
  readonly before: unknown;
  /** Values of its readings as they would be stored; null when nothing would be. */
  readonly after: unknown;
};

/** Runs the stages and shows what they did to the values. Nothing is stored. */
export function preview(
  message: InboundMessage,
  profile: IngestProfile,
  rewrite: Processing | undefined,
): Preview {
  const result = runStages(message, profile, rewrite);
  const sent = valuesIn(message, profile);
  const stored = result.ok ? result.value.readings.map(({ values }) => values) : [];
  return { result, before: shown(sent.ok ? sent.value : []), after: shown(stored) };
}

/** The schema version under which a message is judged. */
export function schemaOf(message: InboundMessage, profile: IngestProfile): Stage<BoundSchema> {
  const bound = versionFor(bindingFor(profile, message), message.device);
  return namedVersion(message.schema, bound, profile);
}

/** The values of a message's readings as they were sent. */
function valuesIn(message: InboundMessage, profile: IngestProfile): Stage<readonly JsonObject[]> {
  const schema = schemaOf(message, profile);
  if (!schema.ok) return schema;
  const decoded = decodePayload(message, schema.value);
  if (!decoded.ok) return decoded;
  const found = readingsOf(decoded.value, message);
  return found.ok ? pass(found.value.map(({ values }) => values)) : found;
}

const mostShown = 5;
const mostCharacters = 8_192;

function shown(values: readonly JsonObject[]): unknown {
  const [first] = values;
  if (first === undefined) return null;
  const some: unknown = values.length === 1 ? first : values.slice(0, mostShown);
  const text = JSON.stringify(some);
  return text.length <= mostCharacters ? some : `${text.slice(0, mostCharacters).toWellFormed()}…`;
}
