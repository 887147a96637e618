import type { IngestProfile } from "#server/pipeline/profile.ts";
import type { RawReading } from "#server/pipeline/readings.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

/** Checks a reading against the schema version of its device's profile. */
export function validate(reading: RawReading, profile: IngestProfile): Stage<RawReading> {
  const { schemaName, schemaVersion } = profile;
  const { schema } = reading;
  if (!profile.open && schema !== undefined) {
    if (schema !== schemaName && schema !== `${schemaName}@${schemaVersion}`) {
      return refuse(
        "schema-mismatch",
        `The message says schema ${JSON.stringify(schema.slice(0, 64).toWellFormed())}, the device's profile has ${schemaName}@${schemaVersion}. Change the device's profile or the message.`,
      );
    }
  }
  const checked = profile.check?.(reading.values);
  if (checked === undefined || checked.ok) return pass(reading);
  const where = checked.path === "" ? "The values" : `The value at ${checked.path}`;
  return refuse(
    "schema-mismatch",
    `${where} ${checked.message} (schema ${schemaName}@${schemaVersion}).`,
  );
}
