import type { Staged } from "#server/ingest/encode-rows.ts";
import { refuse } from "#server/pipeline/stage.ts";

/** Why a message is not stored: by what it holds, by the time it takes, or by a fault of ours. */
export type UnstorableCause = "data" | "too-slow" | "bug";

const details: Readonly<Record<UnstorableCause, string>> = {
  data: "The database cannot store a value of this message.",
  "too-slow": "The database did not store this message in time, three times in a row.",
  bug: "The message could not be processed; the log of the worker says why.",
};

const mostStrikes = 3;

/** Counts failures of a batch that are alike. */
export class Strikes {
  #last: string | undefined;
  #count = 0;

  /** @returns whether this is the third failure of its kind in a row */
  isOut(kind: string): boolean {
    this.#count = kind === this.#last ? this.#count + 1 : 1;
    this.#last = kind;
    return this.#count >= mostStrikes;
  }
}

/**
 * Makes of a message that the database refuses, although the stages let it through, one that is
 * kept as a dead letter (of a device) or rejected (of a service client); only safe text is left.
 */
export function asUnstorable({ message, result }: Staged, cause: UnstorableCause): Staged {
  if (result.ok) {
    return {
      message,
      result: refuse("unsupported-value", details[cause]),
    };
  }
  const detail = "The message was refused; its details cannot be stored.";
  if (message.device === undefined) return { message, result: refuse(result.reason, detail) };
  const topic = message.topic.replaceAll(/[^\x20-\x7e]/g, "?");
  return { message: { ...message, topic, id: "" }, result: refuse(result.reason, detail) };
}
