import { ask, type ReplayConnection } from "#server/ingest/replay/connection.ts";
import type { ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { RunLetter } from "#server/ingest/replay/letters.ts";
import { keptSelection } from "#server/services/dead-letter/schemas.ts";

const nobodyTakesIt =
  "No session of the device subscribes to this topic. Replay it when the device has connected.";
const queueIsFull = "The queue of the device is full, or takes QoS 0 only while it is connected.";
const noReading = "A transform changes readings; this message was on its way to a device.";

/** Why letters cannot be sent; those that are absent can, or were. */
export type Unsent = ReadonlyMap<string, string>;

function idsOf(letters: readonly RunLetter[]): string {
  return `{${letters.map(({ letter }) => letter.id).join(",")}}`;
}

/** Whether a run changes readings, of which outbound messages have none. */
function isTransforming(run: ClaimedRun): boolean {
  return Array.isArray(run.transform) && run.transform.length > 0;
}

function allUnsent(letters: readonly RunLetter[], why: string): Unsent {
  return new Map(letters.map(({ letter }) => [letter.id, why]));
}

/**
 * Queues letters for their devices anew, in the transaction at work. They do not expire.
 * @throws what the database throws
 */
export async function sendAgain(
  run: ClaimedRun,
  connection: ReplayConnection,
  letters: readonly RunLetter[],
): Promise<Unsent> {
  if (letters.length === 0) return new Map();
  if (isTransforming(run)) return allUnsent(letters, noReading);
  const payload = keptSelection.parse(run.selection).payload ?? "";
  const parameters = [run.tenantId, idsOf(letters), payload];
  const answers = new Set(await ask(connection, "enqueueLetters", parameters));
  const unsent = new Map<string, string>();
  for (const { letter } of letters) {
    if (answers.has(letter.id)) continue;
    unsent.set(letter.id, answers.has(`${letter.id} full`) ? queueIsFull : nobodyTakesIt);
  }
  return unsent;
}

/**
 * Which letters nobody would take; whether there is room is not known before.
 * @throws what the database throws
 */
export async function findUnsendable(
  run: ClaimedRun,
  connection: ReplayConnection,
  letters: readonly RunLetter[],
): Promise<Unsent> {
  if (letters.length === 0) return new Map();
  if (isTransforming(run)) return allUnsent(letters, noReading);
  const found = new Set(await ask(connection, "findReceivers", [run.tenantId, idsOf(letters)]));
  return new Map(
    letters
      .filter(({ letter }) => !found.has(letter.id))
      .map(({ letter }) => [letter.id, nobodyTakesIt]),
  );
}
