import { z } from "zod";
import { deviceAttributes } from "#server/domain/device-attributes.ts";
import type { ClaimedRun } from "#server/db/claim-dead-letter-run.ts";
import type { ReplayStep } from "#server/ingest/replay/connection.ts";
import { messageOfLetter, type KeptLetter } from "#server/pipeline/letter-message.ts";
import type { InboundMessage } from "#server/pipeline/message.ts";
import { keptSelection } from "#server/services/dead-letter/schemas.ts";

/** A letter of a run, with the message that it is tried as. */
export type RunLetter = {
  readonly letter: KeptLetter;
  readonly message: InboundMessage;
  readonly fingerprint: string;
  readonly direction: "inbound" | "outbound";
  /** ISO 8601; with the id its place in the run. */
  readonly eventAt: string;
  /** The device is not registered any more. */
  readonly isOrphaned: boolean;
};

/** Where a run is: after this letter. */
export type Cursor = { readonly at: string; readonly id: string };

export const beginning: Cursor = { at: "-infinity", id: "00000000-0000-0000-0000-000000000000" };

const rowShape = z.object({
  id: z.string(),
  deviceUuid: z.string().nullable(),
  deviceKey: z.string(),
  deviceId: z.string(),
  profileId: z.string(),
  attributes: deviceAttributes.catch({}),
  isQuarantined: z.boolean(),
  receivedAt: z.string(),
  eventAt: z.string(),
  transport: z.string(),
  topic: z.string(),
  channel: z.string(),
  qos: z.number(),
  contentType: z.string().nullable(),
  properties: z.unknown(),
  fingerprint: z.string(),
  direction: z.enum(["inbound", "outbound"]),
  payload: z.string(),
});

/** The statement that reads a run's next letters. */
export function selectStep(
  run: ClaimedRun,
  at: {
    readonly statement: "lock" | "read" | "discard";
    readonly cursor: Cursor;
    readonly limit: number;
  },
): ReplayStep {
  const { fingerprint, ids, devicesOf } = keptSelection.parse(run.selection);
  const isGroup = fingerprint !== undefined;
  const statement = {
    lock: isGroup ? ("lockGroupLetters" as const) : ("lockNamedLetters" as const),
    read: isGroup ? ("readGroupLetters" as const) : ("readNamedLetters" as const),
    discard: isGroup ? ("discardGroup" as const) : ("discardNamed" as const),
  }[at.statement];
  const parameters = [
    run.tenantId,
    groupText(fingerprint, devicesOf) ?? `{${(ids ?? []).join(",")}}`,
    run.createdAt.toISOString(),
    at.cursor.at,
    at.cursor.id,
    String(at.limit),
  ];
  const more = at.statement === "discard" ? [run.id, run.createdBy, run.reason] : [];
  return { statement, parameters: [...parameters, ...more] };
}

/** A group, with a dot and a UUID behind it where only some of its devices count. */
function groupText(fingerprint: string | undefined, devicesOf: string | undefined) {
  return devicesOf === undefined ? fingerprint : `${fingerprint}.${devicesOf}`;
}

/**
 * The letters that a statement answered.
 * @param run whose edited payload takes the place of the letter's own
 */
export function readLetters(run: ClaimedRun, rows: readonly string[]): readonly RunLetter[] {
  const { payload } = keptSelection.parse(run.selection);
  const edited = payload === undefined ? undefined : Buffer.from(payload, "base64");
  return rows.map((text) => {
    const row = rowShape.parse(JSON.parse(text));
    const letter: KeptLetter = {
      id: row.id,
      device: {
        tenantId: run.tenantId,
        deviceKey: BigInt(row.deviceKey),
        id: row.deviceUuid ?? "",
        deviceId: row.deviceId,
        profileId: row.profileId,
        attributes: row.attributes,
        ...(row.isQuarantined && { state: "quarantined" as const }),
      },
      receivedAt: Date.parse(row.receivedAt),
      transport: row.transport,
      topic: row.topic,
      channel: row.channel,
      qos: row.qos,
      contentType: row.contentType,
      properties: row.properties,
      payload: edited ?? Buffer.from(row.payload, "base64"),
    };
    return {
      letter,
      message: messageOfLetter(letter),
      fingerprint: row.fingerprint,
      direction: row.direction,
      eventAt: row.eventAt,
      isOrphaned: row.deviceUuid === null,
    };
  });
}

/** The place after the last of them. */
export function cursorAfter(letters: readonly RunLetter[]): Cursor | undefined {
  const last = letters.at(-1);
  return last === undefined ? undefined : { at: last.eventAt, id: last.letter.id };
}
