import type { Fanout } from "#server/broker/fanout.ts";
import { StepQueue } from "#server/db/step-queue.ts";
import type { BatchStep, WriterConnection } from "#server/db/writer-connection.ts";
import {
  fanoutSteps,
  isTooWide,
  outgoingOf,
  planFanout,
  settleFanout,
  type BatchFanout,
  type Outgoing,
} from "#server/ingest/batch-fanout.ts";
import { encodeRows, type BatchRows, type Staged } from "#server/ingest/encode-rows.ts";
import { askInboundClaims, InboundClaims } from "#server/ingest/inbound-claims.ts";
import type { LedgerCount } from "#server/ingest/ledger.ts";
import type { Settlement } from "#server/pipeline/message.ts";
import { askRecentKeys, RecentKeys } from "#server/ingest/recent-keys.ts";
import type { BatchRollups } from "#server/ingest/rollups/keeper.ts";
import { recordSteps } from "#server/ingest/record-steps.ts";
import { shareRetained } from "#server/ingest/share-retained.ts";
import { settlementsOf } from "#server/ingest/settlements.ts";
import type { Reading } from "#server/pipeline/run-stages.ts";
import type { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

export type BatchCommit = {
  readonly connection: WriterConnection;
  readonly encoder: CopyEncoder;
  readonly workerId: string;
  /** Greater than that of any batch this worker committed; the same in every attempt of a batch. */
  readonly sequence: number;
  readonly messages: readonly Staged[];
  /** Counts of what never became a message, entered in the ledger with this batch. */
  readonly turnedAway: readonly LedgerCount[];
  /** By way of the staging table, which passes over rows that exist; COPY alone fails on them. */
  readonly staged: boolean;
  /** Subscribers; undefined where there can be none. */
  readonly fanout: Fanout | undefined;
  readonly rollups: BatchRollups;
  /** An earlier attempt may have been committed: nothing is decided before that is known. */
  readonly isUncertain: boolean;
  /** Told when no earlier attempt was committed after all. */
  readonly onNotCommitted: () => void;
  /** Told what was decided just before COMMIT is sent: it stands if the answer is lost. */
  readonly onDecided: (decided: Decided) => void;
  /** For tests: called when everything was sent but COMMIT. */
  readonly beforeCommit: (() => void) | undefined;
};

/** What a transaction does, once it is committed. */
export type Decided = {
  readonly settlements: readonly Settlement[];
  readonly fanout: BatchFanout | undefined;
};

/** A batch that is committed. */
export type Written = {
  readonly settlements: readonly Settlement[];
  /** Undefined when there is nothing to pass on. */
  readonly outgoing: Outgoing | undefined;
};

/**
 * Stores a batch in one transaction: readings, documents, dead letters, kept queues of subscribers,
 * retained messages and ledger. Usually one round trip; one more where something must be compared
 * with what was there before, one more through the staging table.
 * @throws BatchTooWide, and what the database throws; nothing is stored then, unless COMMIT's
 * answer was lost
 */
export async function commitBatch(input: BatchCommit): Promise<Written> {
  const { messages, staged, beforeCommit, sequence, rollups } = input;
  const steps = new StepQueue(input.connection);
  let isExplicit = await begin(input, steps);
  if (input.isUncertain) input.onNotCommitted();
  const rows = encodeRows(messages, {
    encoder: input.encoder,
    withOrdinal: staged,
    recent: new RecentKeys(steps.answer("claimRecent")),
    claims: new InboundClaims(steps.answer("claimInbound")),
  });
  openMinutes(input, steps, rows.readings);
  const stored = await writeRows(steps, rows, staged);

  const settlements = settlementsOf(messages, { ...rows, stored: stored.messages });
  const fanout = planFanout(messages, settlements, input.fanout);
  const isWide = isTooWide(fanout);
  if (isWide && messages.length > 1) throw new BatchTooWide();
  if (isWide && !isExplicit) {
    // Nothing was sent yet.
    steps.addFirst({ statement: "begin" });
    isExplicit = true;
  }
  for (const step of fanout === undefined ? [] : fanoutSteps(fanout, input.workerId)) {
    steps.add(step);
    // One transaction still; but no answer is waited for longer than for one of these.
    if (isWide) await steps.send();
  }
  steps.add(...recordSteps(messages, settlements, input.turnedAway));
  if (beforeCommit !== undefined) {
    await steps.send();
    beforeCommit();
  }
  if (isExplicit) steps.add({ statement: "commit" });
  input.onDecided({ settlements, fanout });
  await steps.send();
  const [claim] = steps.answer("claim");
  rollups.committed({ sequence, claim, readings: stored.readings });
  return writtenOf({ settlements, fanout }, steps);
}

/** Minutes whose readings are not rolled up when the batch is committed are marked with it. */
function openMinutes(
  { rollups, workerId, sequence }: BatchCommit,
  steps: StepQueue,
  readings: readonly Reading[],
): void {
  const minutes = rollups.rely(readings);
  if (minutes.length === 0) return;
  const parameters = [workerId, String(sequence), JSON.stringify(minutes)];
  steps.add({ statement: "openMinutes", parameters });
}

/**
 * Begins the transaction, asking what must be known before anything is written.
 * @returns whether it is explicit and so needs a COMMIT
 */
async function begin(input: BatchCommit, steps: StepQueue): Promise<boolean> {
  const asks = [askRecentKeys(input.messages), askInboundClaims(input.messages)].filter(
    (ask) => ask !== undefined,
  );
  const share = shareRetained(input.messages);
  const mustAsk = asks.length > 0 || share !== undefined || input.isUncertain;
  const isExplicit = mustAsk || input.staged || input.beforeCommit !== undefined;
  if (isExplicit) steps.add({ statement: "begin" });
  if (share !== undefined) steps.add(share);
  steps.add(...firstSteps(input), ...asks);
  if (mustAsk) await steps.send();
  return isExplicit;
}

/** A batch that must be written in parts; nothing of it is stored. */
export class BatchTooWide extends Error {
  constructor() {
    super("Too many sessions queue this batch for one transaction.");
  }
}

/** What stands of a batch that was committed although its answer was lost. */
export function writtenUnseen({ settlements, fanout }: Decided): Written {
  return fanout === undefined
    ? { settlements, outgoing: undefined }
    : {
        settlements: settleFanout(settlements, fanout, []),
        outgoing: outgoingOf(fanout, undefined),
      };
}

function writtenOf({ settlements, fanout }: Decided, steps: StepQueue): Written {
  if (fanout === undefined) return { settlements, outgoing: undefined };
  return {
    settlements: settleFanout(settlements, fanout, steps.answer("retain")),
    outgoing: outgoingOf(fanout, steps.answer("enqueue")),
  };
}

function firstSteps({ workerId, sequence, fanout, rollups }: BatchCommit): readonly BatchStep[] {
  const parameters = [workerId, String(sequence), rollups.fence];
  const claim: BatchStep = { statement: "claim", parameters };
  if (fanout === undefined) return [claim];
  const known = fanout.foreignVersion.toString();
  return [claim, { statement: "compareRoutes", parameters: [workerId, known] }];
}

/** What is new: the messages of which something is stored, and the readings that are. */
type Stored = {
  readonly messages: ReadonlySet<number | undefined>;
  readonly readings: readonly Reading[];
};

async function writeRows(steps: StepQueue, rows: BatchRows, staged: boolean): Promise<Stored> {
  const { copyData, messageOfRow, readings, documents, withoutReadings } = rows;
  if (documents !== undefined) steps.add(documents);
  if (copyData === undefined) return { messages: new Set(withoutReadings), readings: [] };
  if (!staged) {
    steps.add({ statement: "copyReadings", copyData });
    const all = withoutReadings.length === 0 ? messageOfRow : [...messageOfRow, ...withoutReadings];
    return { messages: new Set(all), readings };
  }
  steps.add({ statement: "copyStaging", copyData });
  steps.add({ statement: "storeStaged" });
  await steps.send();
  const ordinals = steps.answer("storeStaged").map(Number);
  return {
    messages: new Set([...withoutReadings, ...ordinals.map((row) => messageOfRow[row])]),
    readings: ordinals.flatMap((row) => readings[row] ?? []),
  };
}
