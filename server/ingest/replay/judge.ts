import type { RunLetter } from "#server/ingest/replay/letters.ts";
import type { IngestProfile, Processing } from "#server/pipeline/profile.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { runStages, type Content } from "#server/pipeline/run-stages.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import { refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import type { Log } from "#server/observability/log.ts";

/** Runs the stages on letters, and turns a bug in one of them into a refusal: no letter stops a run. */
export type Judge = (message: InboundMessage, profile: IngestProfile) => Stage<Content>;

/** @param rewrite the run's transform; undefined for none */
export function judging(log: Log, rewrite: Processing | undefined): Judge {
  return (message, profile) => {
    try {
      return runStages(message, profile, rewrite);
    } catch (error) {
      const { deviceId } = message.device;
      log.error({ event: "replay.stage_failed", deviceId, reason: reasonOf(error) });
      return refuse("unsupported-value", "The message could not be processed; the log says why.");
    }
  };
}

/** Letters that no stage can take; undefined for all others. */
export function hopeless({ isOrphaned, letter }: RunLetter): Refusal | undefined {
  if (!isOrphaned) return undefined;
  return refuse(
    "schema-mismatch",
    `The device ${letter.device.deviceId} is not registered any more. Register it again, then replay.`,
  );
}
