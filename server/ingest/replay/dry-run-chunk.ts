import type { ReplayConnection } from "#server/ingest/replay/connection.ts";
import { ask } from "#server/ingest/replay/connection.ts";
import type { Findings } from "#server/ingest/replay/findings.ts";
import { hopeless } from "#server/ingest/replay/judge.ts";
import {
  cursorAfter,
  readLetters,
  selectStep,
  type Cursor,
  type RunLetter,
} from "#server/ingest/replay/letters.ts";
import { findUnsendable } from "#server/ingest/replay/outbound.ts";
import { lockStep, progressStep, type ChunkResult } from "#server/ingest/replay/progress.ts";
import type { ReplayWork } from "#server/ingest/replay/replay-chunk.ts";
import { int64 } from "#server/ingest/recent-keys.ts";
import type { Processing } from "#server/pipeline/profile.ts";
import { preview } from "#server/pipeline/preview.ts";
import { noContent, type Content } from "#server/pipeline/run-stages.ts";
import { refuse, type Stage } from "#server/pipeline/stage.ts";

type Judged = { readonly of: RunLetter; readonly result: Stage<Content> };

/**
 * Finds out what a replay of the next letters would do. Nothing is written but how far the run is.
 * Repetitions are found among what is stored and within the chunk.
 * @throws what the database throws
 */
export async function dryRunChunk(
  work: ReplayWork & { readonly rewrite: Processing | undefined },
  connection: ReplayConnection,
  at: { readonly cursor: Cursor; readonly findings: Findings; readonly limit: number },
): Promise<ChunkResult> {
  const { run, workerId } = work;
  const select = selectStep(run, { statement: "read", ...at });
  const letters = readLetters(
    run,
    await ask(connection, select.statement, select.parameters ?? []),
  );
  const cursor = cursorAfter(letters);
  if (cursor === undefined) return { outcome: "end" };
  const findings = at.findings.copy();
  const inbound = letters.filter(({ direction }) => direction === "inbound");
  const outbound = letters.filter(({ direction }) => direction === "outbound");
  const unsendable = await findUnsendable(run, connection, outbound);
  const judged = [
    ...(await judgeAll(work, inbound)),
    ...outbound.map((of): Judged => {
      const detail = unsendable.get(of.letter.id);
      const result = detail === undefined ? noContent : refuse("unknown-channel", detail);
      return { of, result };
    }),
  ];
  const repeated = await repeatedAmong(connection, judged);
  for (const each of judged) note(work, findings, each);
  const failed = judged.filter(({ result }) => !result.ok).length;
  const counts = {
    done: letters.length,
    stored: judged.filter((each) => stores(each) && !repeated.has(each)).length,
    duplicate: repeated.size,
    failed,
  };
  const [, locked = []] = await connection.run([{ statement: "begin" }, lockStep(run, workerId)]);
  if (locked.length === 0) {
    await connection.run([{ statement: "rollback" }]);
    return { outcome: "lost" };
  }
  await connection.run([progressStep(run, { cursor, counts, findings }), { statement: "commit" }]);
  return { outcome: "committed", cursor, findings };
}

async function judgeAll(
  { profiles, judge }: ReplayWork,
  letters: readonly RunLetter[],
): Promise<readonly Judged[]> {
  const missing = new Set(
    letters
      .map(({ message }) => message.device.profileId)
      .filter((profileId) => profiles.peek(profileId) === undefined),
  );
  await profiles.load([...missing]);
  return letters.map((of): Judged => {
    const profile = profiles.peek(of.message.device.profileId);
    const result =
      hopeless(of) ??
      (profile === undefined
        ? refuse("schema-mismatch", "The device's profile does not exist any more.")
        : judge(of.message, profile));
    return { of, result };
  });
}

function stores({ result }: Judged): boolean {
  return result.ok && result.value.filtered === undefined;
}

function note(
  { profiles, rewrite }: ReplayWork & { readonly rewrite: Processing | undefined },
  findings: Findings,
  { of, result }: Judged,
): void {
  if (!result.ok) findings.fail(result.detail, of.letter.id);
  const profile = profiles.peek(of.message.device.profileId);
  if (!result.ok || !findings.wantsSamples || profile === undefined) return;
  if (of.direction === "outbound") return;
  const { before, after } = preview(of.message, profile, rewrite);
  findings.show({ id: of.letter.id, deviceId: of.letter.device.deviceId, before, after });
}

/** Letters all of whose readings exist already, or came before in this chunk. */
async function repeatedAmong(
  connection: ReplayConnection,
  judged: readonly Judged[],
): Promise<ReadonlySet<Judged>> {
  const seen = new Set<string>();
  const asked: { ordinal: number; device_key: string; ts: number; message_key: string }[] = [];
  const fresh = new Map<Judged, number>();
  const letterOf: Judged[] = [];
  for (const each of judged) {
    if (!stores(each) || !each.result.ok) continue;
    const { readings } = each.result.value;
    let count = readings.length === 0 ? 1 : 0;
    for (const { device, tsMicros, key } of readings) {
      const message_key = int64(key).toString();
      const device_key = device.deviceKey.toString();
      const name = `${device_key} ${tsMicros} ${message_key}`;
      if (seen.has(name)) continue;
      seen.add(name);
      count += 1;
      asked.push({ ordinal: letterOf.length, device_key, ts: tsMicros, message_key });
      letterOf.push(each);
    }
    fresh.set(each, count);
  }
  const stored =
    asked.length === 0 ? [] : await ask(connection, "findStored", [JSON.stringify(asked)]);
  for (const text of stored) {
    const letter = letterOf[Number(text)];
    if (letter !== undefined) fresh.set(letter, (fresh.get(letter) ?? 0) - 1);
  }
  return new Set([...fresh].filter(([, count]) => count <= 0).map(([letter]) => letter));
}
