import type { Tx } from "#server/db/client.ts";
import {
  findChannels,
  findDeadLetterIds,
  findDocuments,
  findReadings,
  searchTimeoutMs,
  type FoundDocument,
  type FoundReading,
  type SearchSpan,
  type Sought,
} from "#server/db/find-messages.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { keyOfDocument, keyOfId, keyOfSeq } from "#server/pipeline/message-key.ts";
import { maxBatchReadings } from "#server/pipeline/readings.ts";
import { ServiceError } from "#server/services/errors.ts";

/** What a person looks for. */
export type Wanted =
  | { readonly by: "id"; readonly id: string }
  | Extract<Sought, { readonly by: "time" | "text" }>;

export type Found = {
  readonly readings: readonly FoundReading[];
  readonly documents: readonly FoundDocument[];
  readonly letterIds: readonly string[];
};

const seqText = /^[0-9]{1,19}$/;

/**
 * Looks in all three places where messages end.
 * @param at.withLetters whether the caller may see dead letters
 * @throws ServiceError invalid when it takes too long
 */
export async function searchMessages(
  tx: Tx,
  at: {
    readonly tenantId: string;
    readonly span: SearchSpan;
    readonly wanted: Wanted;
    readonly withLetters: boolean;
  },
): Promise<Found> {
  const { tenantId, span, wanted } = at;
  try {
    await limitStatements(tx, searchTimeoutMs);
    return {
      readings: await findReadings(tx, span, readingSought(wanted)),
      documents: await findDocuments(tx, span, await documentSought(tx, span, wanted)),
      letterIds: at.withLetters ? await findDeadLetterIds(tx, { ...span, tenantId }, wanted) : [],
    };
  } catch (error) {
    if (!(error instanceof Error) || !/57014|statement timeout/.test(error.message)) throw error;
    throw new ServiceError(
      "invalid",
      "The search was cut: so many messages cannot be looked at in time.",
      {
        remedy: "Name the device, or choose a shorter range.",
      },
    );
  }
}

function readingSought(wanted: Wanted): Sought {
  return wanted.by === "id" ? { by: "key", keys: readingKeys(wanted.id) } : wanted;
}

/** The id itself, as a number of a sequence too, and as that of an array, which is counted up for each reading. */
function readingKeys(id: string): readonly bigint[] {
  const inArray = Array.from({ length: maxBatchReadings }, (_, index) => keyOfId(`${id}#${index}`));
  const seq = seqText.test(id) ? [keyOfSeq(BigInt(id).toString())] : [];
  return [keyOfId(id), ...seq, ...inArray];
}

async function documentSought(tx: Tx, span: SearchSpan, wanted: Wanted): Promise<Sought> {
  if (wanted.by !== "id") return wanted;
  const { id } = wanted;
  const channels = await findChannels(tx, span);
  const named = [
    { id, seq: undefined },
    ...(seqText.test(id) ? [{ id: undefined, seq: BigInt(id).toString() }] : []),
  ];
  const keys = channels.flatMap((channel) =>
    named.flatMap((each) => keyOfDocument(channel, each) ?? []),
  );
  return { by: "key", keys };
}
