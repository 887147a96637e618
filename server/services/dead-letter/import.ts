import type { Tx } from "#server/db/client.ts";
import { importLetters, type ImportedLetter } from "#server/db/import-dead-letters.ts";
import { fingerprintOf } from "#server/pipeline/fingerprint.ts";
import {
  deadLetterLine,
  importDeadLettersSchema,
  type DeadLetterLine,
} from "#server/services/dead-letter/schemas.ts";
import { ServiceError, type FieldProblem } from "#server/services/errors.ts";
import { parseInput } from "#server/services/input.ts";
import { defineMutation } from "#server/services/mutation.ts";

export type ImportResult = {
  readonly imported: number;
  /** Were here already. */
  readonly known: number;
};

/** A line of the file, read. */
type Line = { readonly number: number; readonly letter: DeadLetterLine };

/** Lines that are reported at once. */
const mostProblems = 20;
/** Clocks of installations differ. */
const toleranceMs = 300_000;

/**
 * Puts exported dead letters back, or those of another installation: all of a file or nothing of it.
 * Letters whose id is here already stay as they are. What was discarded stays so; all others are open,
 * for whether this installation has stored them is found out by a replay.
 * @throws ServiceError invalid, with a problem for each bad line
 */
export const importDeadLetters = defineMutation({
  name: "deadLetter.import",
  can: "deadLetter.manage",
  input: importDeadLettersSchema,
  run: async ({ ctx, tx, input }) => {
    const { tenantId } = ctx;
    const lines = readLines(input.ndjson);
    const letters = await toLetters(tx, { tenantId, lines, now: ctx.now() });
    const imported = await importLetters(tx, tenantId, letters);
    const value: ImportResult = { imported, known: letters.length - imported };
    return { value, audit: { target: "deadLetters:import", payload: value } };
  },
});

function readLines(ndjson: string): readonly Line[] {
  const problems: FieldProblem[] = [];
  const lines: Line[] = [];
  for (const [index, text] of ndjson.split("\n").entries()) {
    if (text.trim() === "" || problems.length >= mostProblems) continue;
    const number = index + 1;
    const read = readLine(text);
    if (typeof read === "string") problems.push(problemAt(number, read));
    else lines.push({ number, letter: read });
  }
  if (problems.length > 0) throw refusedLines(problems);
  if (lines.length === 0) throw refusedLines([problemAt(1, "There is no line.")]);
  const ids = new Set<string>();
  for (const { number, letter } of lines) {
    if (ids.has(letter.id)) problems.push(problemAt(number, "This id came in a line before."));
    ids.add(letter.id);
  }
  if (problems.length > 0) throw refusedLines(problems.slice(0, mostProblems));
  return lines;
}

/** @returns what is wrong, in words, where the line cannot be used */
function readLine(text: string): DeadLetterLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "This is no JSON.";
  }
  try {
    return parseInput(deadLetterLine, value);
  } catch (error) {
    if (error instanceof ServiceError) return error.message;
    throw error;
  }
}

function problemAt(number: number, message: string): FieldProblem {
  return { path: `line ${number}`, message };
}

function refusedLines(problems: readonly FieldProblem[]): ServiceError {
  const [first] = problems;
  return new ServiceError("invalid", `${first?.path}: ${first?.message}`, {
    remedy: "Correct the lines; nothing was imported.",
    fields: problems,
  });
}

async function toLetters(
  tx: Tx,
  at: { readonly tenantId: string; readonly lines: readonly Line[]; readonly now: Date },
): Promise<readonly ImportedLetter[]> {
  const { tenantId, lines, now } = at;
  const devices = await devicesNamed(tx, tenantId, lines);
  const schemas = await schemasNamed(tx, tenantId, lines);
  const problems: FieldProblem[] = [];
  const letters: ImportedLetter[] = [];
  for (const { number, letter } of lines) {
    const device = devices.get(letter.deviceId);
    if (device === undefined) {
      problems.push(problemAt(number, `There is no device ${JSON.stringify(letter.deviceId)}.`));
    } else if (Date.parse(letter.receivedAt) > now.getTime() + toleranceMs) {
      problems.push(problemAt(number, "It came in the future."));
    } else {
      const schemaId = schemas.get(`${letter.schema?.name}@${letter.schema?.version}`) ?? null;
      letters.push(toLetter(letter, device, schemaId));
    }
  }
  if (problems.length > 0) throw refusedLines(problems.slice(0, mostProblems));
  return letters;
}

type DeviceOf = { readonly key: bigint; readonly profileId: string };

async function devicesNamed(
  tx: Tx,
  tenantId: string,
  lines: readonly Line[],
): Promise<ReadonlyMap<string, DeviceOf>> {
  const names = [...new Set(lines.map(({ letter }) => letter.deviceId))];
  const devices = await tx.device.findMany({
    where: { tenantId, deviceId: { in: names } },
    select: { key: true, deviceId: true, profileId: true },
  });
  return new Map(devices.map(({ deviceId, ...device }) => [deviceId, device]));
}

async function schemasNamed(
  tx: Tx,
  tenantId: string,
  lines: readonly Line[],
): Promise<ReadonlyMap<string, number>> {
  const names = lines.flatMap(({ letter }) => (letter.schema === null ? [] : [letter.schema.name]));
  const versions = await tx.schemaVersion.findMany({
    where: { tenantId, name: { in: [...new Set(names)] } },
    select: { id: true, name: true, version: true },
  });
  return new Map(versions.map(({ id, name, version }) => [`${name}@${version}`, id]));
}

function toLetter(
  letter: DeadLetterLine,
  { key, profileId }: DeviceOf,
  schemaId: number | null,
): ImportedLetter {
  const { reason, path, errorKind, receivedAt } = letter;
  const schemaName = letter.schema?.name ?? "";
  return {
    id: letter.id,
    direction: letter.direction,
    state: letter.state === "discarded" ? "discarded" : "open",
    device_key: key.toString(),
    device_id: letter.deviceId,
    profile_id: profileId,
    received_at: receivedAt,
    event_at: letter.eventAt ?? receivedAt,
    topic: letter.topic,
    channel: letter.channel,
    qos: letter.qos,
    message_id: letter.messageId,
    content_type: letter.contentType,
    properties: letter.properties,
    firmware: letter.firmware,
    reason,
    detail: letter.detail,
    path,
    error_kind: errorKind,
    category: letter.category,
    schema_id: schemaId,
    fingerprint: fingerprintOf({ profileId, reason, schemaName, path, kind: errorKind }),
    payload: letter.payload,
  };
}
