import type { ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { Database } from "#server/db/client.ts";
import { causeOf } from "#server/ingest/dead-letter.ts";
import { encodeRows, type BatchRows, type Staged } from "#server/ingest/encode-rows.ts";
import { InboundClaims } from "#server/ingest/inbound-claims.ts";
import { latestRowsOf } from "#server/ingest/latest.ts";
import { countOutcomes, Tally, type LedgerCount } from "#server/ingest/ledger.ts";
import type { ProfileCache } from "#server/ingest/profiles.ts";
import { askRecentKeys, int64, RecentKeys } from "#server/ingest/recent-keys.ts";
import type { ReplayConnection, ReplayStep } from "#server/ingest/replay/connection.ts";
import type { Findings } from "#server/ingest/replay/findings.ts";
import { hopeless, type Judge } from "#server/ingest/replay/judge.ts";
import {
  cursorAfter,
  readLetters,
  selectStep,
  type Cursor,
  type RunLetter,
} from "#server/ingest/replay/letters.ts";
import { rollupSteps } from "#server/ingest/replay/rollup-steps.ts";
import { sendAgain } from "#server/ingest/replay/outbound.ts";
import { lockStep, progressStep, type ChunkResult } from "#server/ingest/replay/progress.ts";
import { resolveBatch, type Queued } from "#server/ingest/resolve-batch.ts";
import { settlementsOf } from "#server/ingest/settlements.ts";
import { readingFlag, withoutTransport } from "#server/pipeline/flags.ts";
import { cameHere } from "#server/pipeline/letter-message.ts";
import type { Settlement } from "#server/pipeline/message.ts";
import { noContent, type Content } from "#server/pipeline/run-stages.ts";
import { pass, refuse, type Refusal, type Stage } from "#server/pipeline/stage.ts";
import type { CopyEncoder } from "#server/telemetry/copy-encoder.ts";

/** What the transactions of a replay share. */
export type ReplayWork = {
  readonly run: ClaimedRun;
  readonly workerId: string;
  readonly db: Database;
  readonly profiles: ProfileCache;
  readonly encoder: CopyEncoder;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** With the run's transform. */
  readonly judge: Judge;
  /** Of the bytes as they are kept; undefined where others are tried in their place. */
  readonly judgeAsSent: Judge | undefined;
  /** Letters that the database refuses, by id. */
  readonly unstorable: ReadonlySet<string>;
};

/** A letter and what became of it. */
type Settled = {
  readonly of: RunLetter;
  readonly staged: Staged;
  readonly settlement: Settlement;
};

/**
 * Replays the next letters in one transaction: rows, documents, newest values, letters, groups,
 * ledger and how far the run is.
 * @throws what the database throws; nothing is stored then, unless COMMIT's answer was lost, which
 * the run's cursor tells
 */
export async function replayChunk(
  work: ReplayWork,
  connection: ReplayConnection,
  at: { readonly cursor: Cursor; readonly findings: Findings; readonly limit: number },
): Promise<ChunkResult> {
  const { run, workerId } = work;
  const select = selectStep(run, { statement: "lock", ...at });
  const [, locked = [], rows = []] = await connection.run([
    { statement: "begin" },
    lockStep(run, workerId),
    select,
  ]);
  const letters = readLetters(run, rows);
  const cursor = cursorAfter(letters);
  if (locked.length === 0 || cursor === undefined) {
    await connection.run([{ statement: "rollback" }]);
    return { outcome: locked.length === 0 ? "lost" : "end" };
  }
  const inbound = letters.filter(({ direction }) => direction === "inbound");
  const staged = await stage(work, inbound);
  const { settlements, written } = await store(work, connection, staged);
  const stored = inbound.flatMap((of, index): readonly Settled[] => {
    const [each, settlement] = [staged[index], settlements[index]];
    return each === undefined || settlement === undefined ? [] : [{ of, staged: each, settlement }];
  });
  const settled = [...stored, ...(await send(work, connection, letters))];
  const findings = at.findings.copy();
  const moved = movedOf(work, settled);
  for (const { of, settlement } of settled) {
    if (settlement.outcome === "dead_lettered") findings.fail(settlement.detail, of.letter.id);
  }
  await connection.run([
    ...written,
    ...groupSteps(run, settled, moved),
    ...(stored.length === 0 ? [] : [ledgerStep(work, stored)]),
    progressStep(run, { cursor, counts: countsOf(settled), findings }),
    { statement: "commit" },
  ]);
  return { outcome: "committed", cursor, findings };
}

/** What was on its way to devices is queued for them anew. */
async function send(
  { run }: ReplayWork,
  connection: ReplayConnection,
  letters: readonly RunLetter[],
): Promise<readonly Settled[]> {
  const outbound = letters.filter(({ direction }) => direction === "outbound");
  const unsent = await sendAgain(run, connection, outbound);
  return outbound.map((of): Settled => {
    const { message } = of;
    const detail = unsent.get(of.letter.id);
    if (detail === undefined) {
      return { of, staged: { message, result: noContent }, settlement: { outcome: "stored" } };
    }
    const result = refuse("unknown-channel", detail);
    const { reason } = result;
    return {
      of,
      staged: { message, result },
      settlement: { outcome: "dead_lettered", reason, detail },
    };
  });
}

/** Runs the stages; fields that are new get their positions. */
async function stage(work: ReplayWork, letters: readonly RunLetter[]): Promise<readonly Staged[]> {
  const { db, profiles, judge, unstorable } = work;
  const queued = letters.map((of): Queued => {
    const refusal = unstorable.has(of.letter.id)
      ? refuse("unsupported-value", "The database cannot store a value of this message.")
      : hopeless(of);
    return { message: of.message, result: refusal };
  });
  const staged = await resolveBatch({ db, profiles, run: judge }, queued);
  return staged.map(({ message, result }, index) => {
    const letter = letters[index]?.letter;
    const isOurs = letter !== undefined && cameHere(letter);
    return { message, result: asReplayed(result, isOurs) };
  });
}

function asReplayed(result: Stage<Content>, isOurs: boolean): Stage<Content> {
  if (!result.ok) return result;
  const readings = result.value.readings.map((reading) => {
    const way = isOurs ? reading.flags : withoutTransport(reading.flags);
    return { ...reading, flags: way | readingFlag.replayed };
  });
  return pass({ ...result.value, readings });
}

/** Writes rows and documents. @returns what became of each letter, and what is to be sent besides */
async function store(
  work: ReplayWork,
  connection: ReplayConnection,
  staged: readonly Staged[],
): Promise<{
  readonly settlements: readonly Settlement[];
  readonly written: readonly ReplayStep[];
}> {
  const rows = encodeRows(staged, {
    encoder: work.encoder,
    withOrdinal: true,
    recent: new RecentKeys(await freshKeys(connection, staged)),
    claims: new InboundClaims([]),
  });
  const newRows = await storeReadings(connection, rows);
  const stored = new Set([
    ...rows.withoutReadings,
    ...newRows.map((row) => rows.messageOfRow[row]),
  ]);
  const written: ReplayStep[] = rows.documents === undefined ? [] : [rows.documents];
  written.push(...rollupSteps(newRows.flatMap((row) => rows.readings[row] ?? [])));
  const readings = staged.flatMap(({ result }, index) =>
    result.ok && stored.has(index) ? result.value.readings : [],
  );
  if (readings.length > 0) {
    const latest = JSON.stringify(latestRowsOf(readings));
    written.push({ statement: "mergeLatest", parameters: [latest] });
  }
  return { settlements: settlementsOf(staged, { ...rows, stored }), written };
}

async function freshKeys(
  connection: ReplayConnection,
  staged: readonly Staged[],
): Promise<readonly string[]> {
  const asked = askRecentKeys(staged);
  if (asked?.parameters === undefined) return [];
  const { parameters } = asked;
  const [, fresh = []] = await connection.run([
    { statement: "keepRecent", parameters },
    { statement: "findFresh", parameters },
  ]);
  return fresh;
}

/** @returns the rows that were not there before */
async function storeReadings(
  connection: ReplayConnection,
  { copyData }: BatchRows,
): Promise<readonly number[]> {
  if (copyData === undefined) return [];
  const [, ordinals = []] = await connection.run([
    { statement: "copyStaging", copyData },
    { statement: "storeStaged" },
  ]);
  return ordinals.map(Number);
}

type Moved = { readonly letter: RunLetter; readonly row: object; readonly fingerprint: string };

/**
 * Letters whose bytes fail for another cause by now. What a transform made of them does not count:
 * the cause is what the bytes are refused for as they are.
 */
function movedOf(work: ReplayWork, settled: readonly Settled[]): readonly Moved[] {
  const moved: Moved[] = [];
  if (work.judgeAsSent === undefined) return moved;
  const isSame = work.judge === work.judgeAsSent;
  for (const { of, staged, settlement } of settled) {
    if (settlement.outcome !== "dead_lettered" || hopeless(of) !== undefined) continue;
    if (of.direction === "outbound") continue;
    const refusal = isSame ? refusalIn(staged.result) : judgedAsSent(work, of);
    if (refusal === undefined) continue;
    const { profileId } = of.message.device;
    const cause = causeOf(profileId, refusal);
    if (cause.fingerprint === of.fingerprint) continue;
    moved.push({
      letter: of,
      fingerprint: cause.fingerprint,
      row: { id: of.letter.id, profile_id: profileId, ...cause },
    });
  }
  return moved;
}

function refusalIn(result: Stage<Content>): Refusal | undefined {
  return result.ok ? undefined : result;
}

function judgedAsSent(
  { judgeAsSent, profiles }: ReplayWork,
  { message }: RunLetter,
): Refusal | undefined {
  const profile = profiles.peek(message.device.profileId);
  if (profile === undefined || judgeAsSent === undefined) return undefined;
  return refusalIn(judgeAsSent(message, profile));
}

/** Letters, and the counts of their groups. */
function groupSteps(
  run: ClaimedRun,
  settled: readonly Settled[],
  moved: readonly Moved[],
): readonly ReplayStep[] {
  const changes = new Map<string, { open: number; replayed: number }>();
  const change = (fingerprint: string, replayed: number): void => {
    const known = changes.get(fingerprint) ?? { open: 0, replayed: 0 };
    changes.set(fingerprint, { open: known.open - 1, replayed: known.replayed + replayed });
  };
  const letters = settled.filter(({ settlement }) => settlement.outcome !== "dead_lettered");
  for (const { of } of letters) change(of.fingerprint, 1);
  for (const { letter } of moved) change(letter.fingerprint, 0);
  if (changes.size === 0) return [];
  const touched = [...changes.keys(), ...moved.map(({ fingerprint }) => fingerprint)];
  const counts = Array.from(changes, ([fingerprint, each]) => ({
    fingerprint,
    ...each,
    discarded: 0,
  }));
  const { tenantId, id, createdBy } = run;
  return [
    {
      statement: "settleLetters",
      parameters: [tenantId, id, createdBy, JSON.stringify(letters.map(settledRow))],
    },
    { statement: "lockGroups", parameters: [tenantId, `{${touched.join(",")}}`] },
    ...(moved.length === 0
      ? []
      : [
          {
            statement: "moveLetters" as const,
            parameters: [tenantId, JSON.stringify(moved.map(({ row }) => row))],
          },
        ]),
    { statement: "changeGroups", parameters: [tenantId, JSON.stringify(counts)] },
  ];
}

const whys = {
  stored: null,
  duplicate: "It was stored already.",
  filtered: "Its schema version drops it.",
};

function settledRow({ of, staged, settlement }: Settled): object {
  const { outcome } = settlement;
  const why = outcome === "duplicate" || outcome === "filtered" ? whys[outcome] : null;
  const row = staged.result.ok
    ? (staged.result.value.readings[0] ?? staged.result.value.document)
    : undefined;
  // A repetition without a time of its own is not where this one would have been.
  if (row === undefined || (outcome !== "stored" && row.windowed)) {
    return { id: of.letter.id, ts: null, key: null, why };
  }
  return { id: of.letter.id, ts: row.tsMicros, key: int64(row.key).toString(), why };
}

/** Counted in the minute of the replay, apart from what devices sent. */
function ledgerStep({ clock }: ReplayWork, settled: readonly Settled[]): ReplayStep {
  const counts: readonly LedgerCount[] = countOutcomes(
    settled.map(({ staged }) => staged.message),
    settled.map(({ settlement }) => settlement),
  );
  const minute = new Date(clock()).toISOString();
  const tally = new Tally();
  tally.merge(counts.map((each) => ({ ...each, transport: "replay", minute })));
  tally.merge(
    counts.map((each) => ({
      ...each,
      transport: "replay",
      minute,
      outcome: "received",
      reason: "",
    })),
  );
  return { statement: "countLedger", parameters: [JSON.stringify(tally.counts())] };
}

function countsOf(settled: readonly Settled[]) {
  const of = (outcome: Settlement["outcome"]) =>
    settled.filter(({ settlement }) => settlement.outcome === outcome).length;
  return {
    done: settled.length,
    stored: of("stored"),
    duplicate: of("duplicate"),
    failed: of("dead_lettered"),
  };
}
