import type { BatchStep } from "#server/db/writer-connection.ts";
import { deadLetterOf, type DeadLetter } from "#server/ingest/dead-letter.ts";
import type { Staged } from "#server/ingest/encode-rows.ts";
import { countOutcomes, countReceived, Tally, type LedgerCount } from "#server/ingest/ledger.ts";
import type { Settlement } from "#server/pipeline/message.ts";

/**
 * Keeps the dead letters of a batch and enters it in the ledger.
 * @param turnedAway counts of what never became a message, entered with this batch
 */
export function recordSteps(
  staged: readonly Staged[],
  settlements: readonly Settlement[],
  turnedAway: readonly LedgerCount[],
): readonly BatchStep[] {
  const steps: BatchStep[] = [];
  const letters = deadLettersOf(staged, settlements);
  if (letters.length > 0) {
    steps.push({ statement: "keepDeadLetters", parameters: [JSON.stringify(letters)] });
  }
  const messages = staged.map(({ message }) => message);
  const counts = [...countReceived(messages), ...countOutcomes(messages, settlements)];
  const entered = turnedAway.length === 0 ? counts : sumOf(counts, turnedAway);
  steps.push({ statement: "countLedger", parameters: [JSON.stringify(entered)] });
  return steps;
}

function deadLettersOf(
  staged: readonly Staged[],
  settlements: readonly Settlement[],
): readonly DeadLetter[] {
  const letters: DeadLetter[] = [];
  for (const [index, { message, result }] of staged.entries()) {
    if (result.ok || message.device === undefined) continue;
    if (settlements[index]?.outcome === "dead_lettered")
      letters.push(deadLetterOf(message, result));
  }
  return letters;
}

/** The statement takes each count once. */
function sumOf(...counts: readonly (readonly LedgerCount[])[]): readonly LedgerCount[] {
  const tally = new Tally();
  for (const some of counts) tally.merge(some);
  return tally.counts();
}
