import type { TapeReading, TapeRow } from "#e2e/chaos/presence/tape.ts";
import { deviceStates } from "#server/domain/device-state.ts";
import { serverEndings } from "#server/domain/judge-presence.ts";
import type { HistoryStep } from "#server/testing/presence-histories/history.ts";

/** Whose part of a tape, and from when to when (epoch milliseconds). */
export type Cut = {
  readonly began: number;
  readonly ended: number;
  /** Names by key; and the profile that all of them have. */
  readonly devices: ReadonlyMap<string, string>;
  readonly ids: ReadonlyMap<string, string>;
  /** Names of those behind a gateway: their messages count as of their newest reading. */
  readonly children: ReadonlySet<string>;
  readonly profileId: string;
};

/** Two heartbeats that did not come. */
const goneMs = 11_000;

/** Of what these are written by others than the worker that holds the connection; a replay does it itself. */
const byOthers: readonly unknown[] = [serverEndings.died, "the server process went on"];

/** The name by which a script calls the worker that wrote it. */
const workerOf = (writer: string): string => writer.split(" ").at(-1) ?? writer;

/** Turns what the database noted into the steps of a history of these devices. */
export function stepsOf(
  rows: readonly TapeRow[],
  readings: readonly TapeReading[],
  cut: Cut,
): readonly HistoryStep[] {
  const inTime = rows.filter(({ at }) => at >= cut.began && at <= cut.ended);
  const steps = [
    ...sessionSteps(inTime, cut),
    ...inTime.flatMap((row) => contactStep(row, readings, cut)),
    ...inTime.flatMap((row) => decisionSteps(row, cut)),
    ...workerSteps(rows, cut),
  ];
  return steps.toSorted((a, b) => a.at - b.at);
}

/** To the millisecond. */
function seconds(ms: number, { began }: Pick<Cut, "began">): number {
  return Math.round(ms - began) / 1_000;
}

const time = (value: unknown): number => Date.parse(String(value));

/** The status has the newest of what a worker wrote at once. */
function sessionSteps(rows: readonly TapeRow[], cut: Cut): readonly HistoryStep[] {
  const together = Map.groupBy(
    rows.filter(
      ({ table, after }) =>
        table === "device_connection_event" &&
        cut.devices.has(String(after?.["device_key"])) &&
        !byOthers.includes(after?.["reason"]),
    ),
    ({ tx, after }) => `${tx} ${String(after?.["device_key"])}`,
  );
  return [...together.values()].flatMap((events) => sessionStep(events, cut));
}

function sessionStep(events: readonly TapeRow[], cut: Cut): readonly HistoryStep[] {
  const happenedAt = ({ after }: TapeRow): number => time(after?.["at"]);
  const last = events.toSorted((a, b) => happenedAt(a) - happenedAt(b)).at(-1);
  if (last === undefined) return [];
  const written = {
    at: seconds(last.at, cut),
    device: cut.devices.get(String(last.after?.["device_key"])) ?? "",
    worker: workerOf(last.writer),
    happened: seconds(happenedAt(last), cut),
  };
  if (last.after?.["kind"] === "connected") return [{ ...written, do: "connect" }];
  const came = events.find(({ after }) => after?.["kind"] === "connected");
  const connected = came === undefined ? undefined : seconds(happenedAt(came), cut);
  const reason = String(last.after?.["reason"]);
  return [{ ...written, do: "disconnect", reason, ...(connected !== undefined && { connected }) }];
}

/** When its newest message was received; 0: none was. */
function receiptOf(status: TapeRow["after"]): number {
  const received = status?.["last_message_at"] ?? null;
  return received === null ? 0 : time(received);
}

function contactStep(
  { table, at, writer, before, after }: TapeRow,
  readings: readonly TapeReading[],
  cut: Cut,
): readonly HistoryStep[] {
  const deviceKey = String(after?.["device_key"]);
  const device = cut.devices.get(deviceKey);
  const [since, until] = [receiptOf(before), receiptOf(after)];
  if (table !== "device_status" || device === undefined || since === until) return [];
  const age = cut.children.has(device) ? ageOf(readings, { deviceKey, since, until }) : 0;
  return [
    {
      at: seconds(at, cut),
      do: "message",
      device,
      worker: workerOf(writer),
      happened: seconds(until, cut),
      // Within a second it is the way that the message took.
      ...(age > 1_000 && { age: Math.round(age) / 1_000 }),
    },
  ];
}

/** How old the newest reading was of what was received in a time; milliseconds. */
function ageOf(
  readings: readonly TapeReading[],
  of: { readonly deviceKey: string; readonly since: number; readonly until: number },
): number {
  const times = readings
    .filter(({ deviceKey }) => deviceKey === of.deviceKey)
    .filter(({ receivedAt }) => Math.trunc(receivedAt) > of.since)
    .filter(({ receivedAt }) => Math.trunc(receivedAt) <= of.until)
    .map(({ ts }) => ts);
  return times.length === 0 ? 0 : of.until - Math.max(...times);
}

/** What people decided, and the gaps in which nobody looked. */
function decisionSteps(row: TapeRow, cut: Cut): readonly HistoryStep[] {
  const { table, before, after } = row;
  const at = seconds(row.at, cut);
  switch (table) {
    case "device":
      return stateStep(row, cut);
    case "device_credential": {
      const device = cut.ids.get(String(after?.["device_id"]));
      return device === undefined
        ? []
        : [
            { at: 0, do: "new-credential", device },
            { at, do: "credentials-revoked", device },
          ];
    }
    case "profile":
      return after?.["id"] === cut.profileId
        ? [{ at, do: "expected", seconds: Number(after["expected_contact_seconds"]) }]
        : [];
    case "presence_engine": {
      const looked = time(before?.["looked_at"]);
      const gap = Math.round(time(after?.["looked_at"]) - looked) / 1_000;
      return [{ at: seconds(looked, cut), do: "away", seconds: gap }];
    }
    default:
      return [];
  }
}

function stateStep({ at, after }: TapeRow, cut: Cut): readonly HistoryStep[] {
  const device = cut.devices.get(String(after?.["key"]));
  const state = deviceStates.find((each) => each === after?.["state"]);
  if (device === undefined || state === undefined) return [];
  return [{ at: seconds(at, cut), do: "state", device, state }];
}

/** When workers stopped to give signs of life, and went on. One that says goodbye is not gone. */
function workerSteps(rows: readonly TapeRow[], cut: Cut): readonly HistoryStep[] {
  const beats = Map.groupBy(
    rows.filter(({ table, at }) => table === "worker_instance" && at <= cut.ended),
    ({ before, after }) => String((after ?? before)?.["id"]),
  );
  return [...beats.values()].flatMap((all) => {
    const writer = all[0]?.writer ?? "";
    // Others take the row of a dead one away.
    const own = all.filter((beat) => beat.writer === writer);
    return own.flatMap((beat, index) =>
      pauseSteps(rows, cut, { writer, beat, next: own[index + 1] }),
    );
  });
}

function pauseSteps(
  rows: readonly TapeRow[],
  cut: Cut,
  {
    writer,
    beat,
    next,
  }: { readonly writer: string; readonly beat: TapeRow; readonly next: TapeRow | undefined },
): readonly HistoryStep[] {
  const isGone = beat.after !== null && (next?.at ?? cut.ended) - beat.at > goneMs;
  if (beat.at < cut.began || !isGone) return [];
  const worker = workerOf(writer);
  const gone: HistoryStep = { at: seconds(beat.at, cut), do: "worker-gone", worker };
  if (next === undefined) return [gone];
  const devices = heldBy(rows, { ...cut, writer, until: next.at });
  return [gone, { at: seconds(next.at, cut), do: "worker-goes-on", worker, devices }];
}

/** Devices of which the worker has said that they came, and not that they went. */
function heldBy(
  rows: readonly TapeRow[],
  { devices, writer, until }: Cut & { readonly writer: string; readonly until: number },
): readonly string[] {
  const held = new Set<string>();
  for (const row of rows) {
    const device = devices.get(String(row.after?.["device_key"]));
    const isOf = row.writer === writer && row.at < until && row.table === "device_connection_event";
    if (!isOf || device === undefined) continue;
    if (row.after?.["kind"] === "connected") held.add(device);
    else held.delete(device);
  }
  return [...held];
}
