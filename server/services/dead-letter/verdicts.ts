import { admit } from "#server/pipeline/admit.ts";
import { decodePayload } from "#server/pipeline/decode-payload.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { schemaOf } from "#server/pipeline/preview.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import { readingsOf } from "#server/pipeline/readings.ts";
import { runStages } from "#server/pipeline/run-stages.ts";
import type { Refusal } from "#server/pipeline/stage.ts";

/** What a stage says of a letter today. */
export type Verdict = {
  readonly stage: "admitted" | "schema" | "decoded" | "readings" | "valid";
  readonly ok: boolean;
  /** In words. */
  readonly detail: string;
};

/** The stages' words on a message, up to the first that refuses it. */
export function verdictsOf(message: InboundMessage, profile: IngestProfile): readonly Verdict[] {
  const verdicts: Verdict[] = [];
  const say = (stage: Verdict["stage"], detail: string) => {
    verdicts.push({ stage, ok: true, detail });
  };
  const stop = (stage: Verdict["stage"], { detail }: Refusal) => [
    ...verdicts,
    { stage, ok: false, detail },
  ];
  const admitted = admit(message);
  if (!admitted.ok) return stop("admitted", admitted);
  say("admitted", `The channel ${message.channel} takes it.`);
  if (admitted.value === "telemetry") {
    const schema = schemaOf(message, profile);
    if (!schema.ok) return stop("schema", schema);
    const { schemaName, schemaVersion } = schema.value;
    say("schema", `Judged by ${schemaName}@${schemaVersion}.`);
    const decoded = decodePayload(message, schema.value);
    if (!decoded.ok) return stop("decoded", decoded);
    say("decoded", "The bytes can be read.");
    const found = readingsOf(decoded.value, message);
    if (!found.ok) return stop("readings", found);
    const count = found.value.length;
    say("readings", count === 1 ? "One reading." : `${count} readings.`);
  }
  const result = runStages(message, profile);
  if (!result.ok) return stop("valid", result);
  say("valid", "It would be stored as it is.");
  return verdicts;
}
