import type { BatchStep, WriterConnection } from "#server/db/writer-connection.ts";
import { deadLetterOf } from "#server/ingest/dead-letter.ts";
import { countOutcomes, countReceived } from "#server/ingest/ledger.ts";
import type { InboundMessage, Settlement } from "#server/ingest/message.ts";
import type { Hash64 } from "#server/ingest/murmur3.ts";
import type { Reading } from "#server/ingest/pipeline.ts";
import type { Stage } from "#server/ingest/stage.ts";
import type { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** A message and what the stages made of it. */
export type Staged = {
  readonly message: InboundMessage;
  readonly result: Stage<readonly Reading[]>;
};

export type BatchCommit = {
  readonly connection: WriterConnection;
  readonly encoder: CopyEncoder;
  readonly workerId: string;
  /** Greater than that of any batch this worker committed; the same in every attempt of a batch. */
  readonly sequence: number;
  readonly messages: readonly Staged[];
  /** By way of the staging table, which passes over rows that exist; COPY alone fails on them. */
  readonly staged: boolean;
  /** Told the settlements just before COMMIT is sent: they stand if its answer is lost. */
  readonly onDecided: (settlements: readonly Settlement[]) => void;
};

/**
 * Stores a batch in one transaction: readings, dead letters and ledger. Usually one round trip; one
 * more where messages come without a time of their own, one more through the staging table.
 * @throws what the database throws; nothing is stored then, unless COMMIT's answer was lost
 */
export async function commitBatch(input: BatchCommit): Promise<void> {
  const windowKeys = keysOfWindow(input.messages);
  const interactive = windowKeys.size > 0 || input.staged;
  const claim: BatchStep = {
    statement: "claim",
    parameters: [input.workerId, String(input.sequence)],
  };
  let pending: BatchStep[] = interactive ? [{ statement: "begin" }, claim] : [claim];
  const { connection } = input;

  let fresh: ReadonlySet<string> = new Set();
  if (windowKeys.size > 0) {
    pending.push(claimRecent(windowKeys));
    fresh = new Set((await connection.run(pending)).at(pending.length - 1));
    pending = [];
  }
  const encoded = encodeRows(input, fresh);
  if (encoded.copyData !== undefined && input.staged) {
    pending.push({ statement: "copyStaging", copyData: encoded.copyData });
    pending.push({ statement: "storeStaged" });
    const ordinals = (await connection.run(pending)).at(pending.length - 1) ?? [];
    encoded.storedMessages = new Set(ordinals.map((text) => encoded.messageOfRow[Number(text)]));
    pending = [];
  } else if (encoded.copyData !== undefined) {
    pending.push({ statement: "copyReadings", copyData: encoded.copyData });
  }

  const settlements = settlementsOf(input.messages, encoded.storedMessages);
  pending.push(...recordSteps(input.messages, settlements));
  if (interactive) pending.push({ statement: "commit" });
  input.onDecided(settlements);
  await connection.run(pending);
}

/** As `claimRecent` returns it. */
function windowKey(reading: Reading): string {
  return `${reading.device.deviceKey}:${int64(reading.key)}`;
}

function int64({ hi, lo }: Hash64): bigint {
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}

function keysOfWindow(messages: readonly Staged[]): ReadonlyMap<string, Reading> {
  const keys = new Map<string, Reading>();
  for (const { result } of messages) {
    if (!result.ok) continue;
    for (const reading of result.value) if (reading.windowed) keys.set(windowKey(reading), reading);
  }
  return keys;
}

function claimRecent(keys: ReadonlyMap<string, Reading>): BatchStep {
  const rows = [...keys.values()].map((reading) => ({
    device_key: reading.device.deviceKey.toString(),
    message_key: int64(reading.key).toString(),
    received_at: new Date(reading.receivedMicros / 1000).toISOString(),
  }));
  return { statement: "claimRecent", parameters: [JSON.stringify(rows)] };
}

type Encoded = {
  /** Absent when no row is left. */
  readonly copyData: Buffer | undefined;
  /** Index of the message that a row belongs to. */
  readonly messageOfRow: readonly number[];
  storedMessages: ReadonlySet<number | undefined>;
};

function encodeRows(input: BatchCommit, fresh: ReadonlySet<string>): Encoded {
  const { encoder } = input;
  const messageOfRow: number[] = [];
  const taken = new Set<string>();
  encoder.start(input.staged);
  for (const [index, { result }] of input.messages.entries()) {
    if (!result.ok) continue;
    for (const reading of result.value) {
      if (reading.windowed && !takeFresh(windowKey(reading), fresh, taken)) continue;
      encoder.add(toRow(reading));
      messageOfRow.push(index);
    }
  }
  return {
    copyData: messageOfRow.length === 0 ? undefined : encoder.finish(),
    messageOfRow,
    storedMessages: new Set(messageOfRow),
  };
}

/** The first reading with a key that was not seen before is stored, the others repeat it. */
function takeFresh(key: string, fresh: ReadonlySet<string>, taken: Set<string>): boolean {
  if (!fresh.has(key) || taken.has(key)) return false;
  taken.add(key);
  return true;
}

function toRow(reading: Reading): Parameters<CopyEncoder["add"]>[0] {
  return {
    deviceKey: reading.device.deviceKey,
    tsMicros: reading.tsMicros,
    receivedMicros: reading.receivedMicros,
    key: reading.key,
    schemaId: reading.profile.schemaId,
    flags: reading.flags,
    cells: reading.placed.cells,
    extra: reading.placed.extra,
  };
}

const stored: Settlement = { outcome: "stored" };
const duplicate: Settlement = { outcome: "duplicate" };

/** A message of several readings is stored when any of them is new. */
function settlementsOf(
  messages: readonly Staged[],
  storedMessages: ReadonlySet<number | undefined>,
): readonly Settlement[] {
  return messages.map(({ result }, index): Settlement => {
    if (!result.ok) {
      return { outcome: "dead_lettered", reason: result.reason, detail: result.detail };
    }
    return storedMessages.has(index) ? stored : duplicate;
  });
}

function recordSteps(
  staged: readonly Staged[],
  settlements: readonly Settlement[],
): readonly BatchStep[] {
  const steps: BatchStep[] = [];
  const letters = staged.flatMap(({ message, result }) =>
    result.ok ? [] : [deadLetterOf(message, result)],
  );
  if (letters.length > 0) {
    steps.push({ statement: "keepDeadLetters", parameters: [JSON.stringify(letters)] });
  }
  const messages = staged.map(({ message }) => message);
  const counts = [...countReceived(messages), ...countOutcomes(messages, settlements)];
  steps.push({ statement: "countLedger", parameters: [JSON.stringify(counts)] });
  return steps;
}
