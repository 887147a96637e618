import type { MessageSampleRow } from "#server/db/write-message-samples.ts";
import { streamOf } from "#server/pipeline/choose-schema.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { storable } from "#server/pipeline/storable.ts";
import { reasonOf } from "#server/ingest/retry.ts";
import type { Log } from "#server/observability/log.ts";

/** Payloads that are kept as they came, a few of each profile, for inference and proofs of schemas. */
export type Sampler = {
  /** Costs one look-up for what is not kept. */
  offer(message: InboundMessage): void;
  /** Writes what waits and ends. */
  stop(): Promise<void>;
};

const writeEveryMs = 1000;
/** Of each profile in each of those intervals, from different devices. */
const mostOfProfile = 5;
/** A device is sampled again after this many intervals. */
const restIntervals = 10;
const mostResting = 20_000;
const largestSample = 16_384;

/** What fails to be written is gone: the messages themselves are stored. */
export function gatherSamples(at: {
  readonly write: (rows: readonly MessageSampleRow[]) => Promise<void>;
  readonly log: Log;
}): Sampler {
  let interval = 0;
  let taken = new Map<string, number>();
  let waiting: MessageSampleRow[] = [];
  let writing: Promise<void> | undefined;
  const sampledIn = new Map<string, number>();

  const flush = (): Promise<void> => {
    interval += 1;
    taken = new Map();
    if (waiting.length === 0 || writing !== undefined) return writing ?? Promise.resolve();
    const rows = waiting;
    waiting = [];
    writing = at
      .write(rows)
      .catch((error: unknown) => {
        at.log.warn({ event: "samples.not_written", reason: reasonOf(error) });
      })
      .finally(() => {
        writing = undefined;
      });
    return writing;
  };
  const timer = setInterval(() => void flush(), writeEveryMs);
  timer.unref();

  return {
    offer: (message) => {
      const { profileId } = message.device;
      const count = taken.get(profileId) ?? 0;
      if (count >= mostOfProfile || message.payload.length > largestSample) return;
      const stream = streamOf(message.channel);
      const key = `${message.device.deviceKey} ${stream}`;
      const last = sampledIn.get(key);
      if (last !== undefined && interval - last < restIntervals) return;
      if (sampledIn.size >= mostResting) sampledIn.clear();
      sampledIn.set(key, interval);
      taken.set(profileId, count + 1);
      waiting.push(sampleOf(message, stream));
    },
    stop: async () => {
      clearInterval(timer);
      await writing;
      await flush();
    },
  };
}

function sampleOf({ device, payload, contentType, receivedAt }: InboundMessage, stream: string) {
  return {
    tenantId: device.tenantId,
    profileId: device.profileId,
    deviceKey: device.deviceKey,
    deviceId: device.deviceId,
    stream: storable(stream),
    contentType: storable((contentType ?? "").slice(0, 256)),
    receivedAt: new Date(receivedAt),
    payload,
  };
}
