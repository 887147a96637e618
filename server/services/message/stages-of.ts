import type { RefusalReason } from "#server/pipeline/message.ts";
import type { readFlags } from "#server/pipeline/flags.ts";
import {
  stageNames,
  type StageName,
  type StageVerdict,
} from "#server/services/message/followed.ts";

/** Where each refusal is said. */
const stageOfReason: Readonly<Record<RefusalReason, StageName>> = {
  "unknown-channel": "admitted",
  "too-large": "admitted",
  "content-type": "admitted",
  "not-json": "decoded",
  "too-deep": "decoded",
  "too-many-keys": "decoded",
  "duplicate-key": "decoded",
  "not-cbor": "decoded",
  "not-protobuf": "decoded",
  "not-senml": "decoded",
  "not-sparkplug": "decoded",
  "not-an-object": "decoded",
  "batch-too-large": "decoded",
  empty: "decoded",
  "bad-id": "decoded",
  "bad-timestamp": "decoded",
  "unknown-version": "valid",
  "schema-mismatch": "valid",
  "processing-failed": "processed",
  "in-quarantine": "admitted",
  "child-unknown": "identified",
  "child-elsewhere": "identified",
  "child-out-of-service": "identified",
  "child-limit": "identified",
  "unsupported-value": "processed",
  "field-limit": "processed",
};

/** What a stored row says of its own way. */
export function stagesOfReading(row: {
  readonly deviceId: string;
  readonly flags: ReturnType<typeof readFlags>;
  readonly schema: { readonly name: string; readonly version: number } | null;
  readonly isOpen: boolean;
  readonly cells: number;
  readonly besides: number;
}): readonly StageVerdict[] {
  const { flags, schema } = row;
  return [
    received(flags.transport === undefined ? null : { ...flags, transport: flags.transport }),
    { stage: "identified", verdict: "passed", detail: `Device ${row.deviceId}.` },
    { stage: "admitted", verdict: "passed", detail: "" },
    {
      stage: "decoded",
      verdict: "passed",
      detail: flags.inArray ? "One of an array of readings." : "",
    },
    {
      stage: "valid",
      verdict: "passed",
      detail: validWords(schema, row.isOpen),
    },
    {
      stage: "processed",
      verdict: "passed",
      detail: storedWords(row.cells, row.besides),
    },
    timed(flags),
    flags.replayed
      ? { stage: "stored", verdict: "noted", detail: "By a replay of a dead letter." }
      : { stage: "stored", verdict: "passed", detail: "" },
  ];
}

/** Numbers and booleans have cells of their own; text and objects are kept beside them. */
function storedWords(cells: number, besides: number): string {
  const numbers = cells === 1 ? "1 number" : `${cells} numbers`;
  const values = besides === 1 ? "1 other value" : `${besides} other values`;
  return besides === 0 ? `${numbers}.` : `${numbers}, ${values}.`;
}

function validWords(
  schema: { readonly name: string; readonly version: number } | null,
  isOpen: boolean,
): string {
  if (schema === null) return "The schema version is not there any more.";
  const name = `${schema.name}@${schema.version}`;
  return isOpen ? `${name}, which takes any flat object.` : `Schema ${name}.`;
}

function timed({ serverTime, late }: ReturnType<typeof readFlags>): StageVerdict {
  const stage = "timed" as const;
  if (serverTime === "absent") {
    const detail = "The device sent no time; it is stored at that of receipt.";
    return { stage, verdict: "noted", detail };
  }
  if (serverTime === "out_of_bounds") {
    const detail = "The device's time was out of bounds; it is stored at that of receipt.";
    return { stage, verdict: "noted", detail };
  }
  if (late) return { stage, verdict: "noted", detail: "Late: back-fill of an earlier time." };
  return { stage, verdict: "passed", detail: "The device's own time." };
}

function received(way: { readonly transport: string; readonly qos: number } | null): StageVerdict {
  return way === null
    ? { stage: "received", verdict: "unknown", detail: "By which way was not kept." }
    : { stage: "received", verdict: "passed", detail: `By ${way.transport}, QoS ${way.qos}.` };
}

/** What is kept as it came passes fewer stages. */
export function stagesOfDocument(row: {
  readonly deviceId: string;
  readonly channel: string;
}): readonly StageVerdict[] {
  return [
    received(null),
    { stage: "identified", verdict: "passed", detail: `Device ${row.deviceId}.` },
    { stage: "admitted", verdict: "passed", detail: `Channel up/${row.channel}.` },
    { stage: "stored", verdict: "passed", detail: "Kept as it came." },
  ];
}

/** What is known of a refused message: up to its refusal, and that nothing came after it. */
export function stagesOfDeadLetter(letter: {
  readonly deviceId: string;
  readonly transport: string;
  readonly qos: number;
  readonly reason: string;
  readonly detail: string;
}): readonly StageVerdict[] {
  const failed = stageNames.indexOf(failedStage(letter.reason));
  const details: Partial<Record<StageName, string>> = {
    received: `By ${letter.transport}, QoS ${letter.qos}.`,
    identified: `Device ${letter.deviceId}.`,
  };
  return stageNames.map((stage, index): StageVerdict => {
    if (index < failed) return { stage, verdict: "passed", detail: details[stage] ?? "" };
    if (index === failed) return { stage, verdict: "failed", detail: letter.detail };
    return { stage, verdict: "not_reached", detail: "" };
  });
}

function failedStage(reason: string): StageName {
  // Letters of an older version may bear a reason that is not given any more.
  const known: Readonly<Record<string, StageName>> = stageOfReason;
  return known[reason] ?? "processed";
}
