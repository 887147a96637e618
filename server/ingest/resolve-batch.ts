import { allocateFields } from "#server/db/allocate-fields.ts";
import type { Database } from "#server/db/client.ts";
import type { Staged } from "#server/ingest/encode-rows.ts";
import type { AcceptedMessage, InboundMessage } from "#server/pipeline/message.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import { planFields, type FieldAsk } from "#server/ingest/plan-fields.ts";
import type { BoundSchema, IngestProfile } from "#server/pipeline/profile.ts";
import type { ProfileCache } from "#server/ingest/profiles.ts";
import { fieldsByName } from "#server/schema/prepare-schema.ts";
import { refuse, type Stage } from "#server/pipeline/stage.ts";
import type { NewField } from "#server/pipeline/transform.ts";

/** A message in the queue; `result` is undefined while its profile is not known. */
export type Queued = {
  readonly message: AcceptedMessage;
  result: Stage<Content> | undefined;
};

/** What service clients publish passes no stages. */
type QueuedOfDevice = Queued & { readonly message: InboundMessage };

/** Runs the stages, and turns a bug in one of them into a dead letter: no message stops the rest. */
export type StageRunner = (message: InboundMessage, profile: IngestProfile) => Stage<Content>;

export type Resolving = {
  readonly db: Database;
  readonly profiles: ProfileCache;
  readonly run: StageRunner;
};

/**
 * Settles what the stages could not know when the messages came: profiles that were not read yet,
 * and positions of fields that nobody sent before. May be tried again after a failure.
 * @throws what the database throws
 */
export async function resolveBatch(
  at: Resolving,
  queued: readonly Queued[],
): Promise<readonly Staged[]> {
  const unsettled = queued.filter(needsMore);
  if (unsettled.length > 0) {
    await loadMissingProfiles(at, unsettled);
    for (const entry of unsettled) runAgain(at, entry);
    const waiting = unsettled.filter(needsMore);
    for (const group of bySchema(waiting).values()) await givePositions(at, group);
  }
  return queued.map(asStaged);
}

function asStaged(entry: Queued): Staged {
  if (!isStaged(entry)) throw new Error("A message left the stages without a result.");
  return entry;
}

function isStaged(entry: Queued): entry is Queued & Staged {
  return entry.result !== undefined;
}

function needsMore(entry: Queued): entry is QueuedOfDevice {
  const { message, result } = entry;
  if (message.device === undefined) return false;
  if (result === undefined) return true;
  return result.ok && result.value.readings.some(({ placed }) => placed.unknown !== undefined);
}

async function loadMissingProfiles(
  at: Resolving,
  queued: readonly QueuedOfDevice[],
): Promise<void> {
  const missing = new Set<string>();
  for (const { message, result } of queued) {
    const { profileId } = message.device;
    if (result === undefined && at.profiles.peek(profileId) === undefined) missing.add(profileId);
  }
  await at.profiles.load([...missing]);
}

function runAgain(at: Resolving, entry: QueuedOfDevice): void {
  const { message } = entry;
  const profile = at.profiles.peek(message.device.profileId);
  if (profile !== undefined) {
    entry.result = at.run(message, profile);
  } else if (entry.result === undefined) {
    entry.result = runStagesWithoutProfile();
  }
}

function runStagesWithoutProfile(): Stage<Content> {
  return refuse(
    "schema-mismatch",
    "The device's profile does not exist any more. Give the device another profile.",
  );
}

function unknownFields(result: Stage<Content>): readonly NewField[] {
  if (!result.ok) return [];
  return result.value.readings.flatMap((reading) => reading.placed.unknown ?? []);
}

/** The version whose fields a message asks to grow: only the open profile's main one does. */
function growingOf(
  entry: Queued,
): { readonly profile: IngestProfile; readonly schema: BoundSchema } | undefined {
  return entry.result?.ok === true ? entry.result.value.readings[0] : undefined;
}

function bySchema(
  waiting: readonly QueuedOfDevice[],
): ReadonlyMap<number, readonly QueuedOfDevice[]> {
  return Map.groupBy(waiting, (entry) => growingOf(entry)?.schema.schemaId ?? 0);
}

async function givePositions(at: Resolving, group: readonly QueuedOfDevice[]): Promise<void> {
  const first = group[0];
  const growing = first === undefined ? undefined : growingOf(first);
  if (growing === undefined) return;
  const { profile, schema } = growing;
  const asks: FieldAsk[] = group.map(({ message, result }) => ({
    deviceKey: message.device.deviceKey.toString(),
    fields: result === undefined ? [] : unknownFields(result),
  }));
  let refusals: ReadonlyMap<number, string> = new Map();
  const rows = await allocateFields(at.db, {
    tenantId: profile.tenantId,
    schemaId: schema.schemaId,
    choose: (existing) => {
      const plan = planFields(existing, asks);
      refusals = plan.refusals;
      return plan.additions;
    },
  });
  const current: BoundSchema = { ...schema, fields: fieldsByName(rows) };
  const grown: IngestProfile = { ...profile, main: { ...profile.main, current } };
  at.profiles.put(grown);
  for (const [index, entry] of group.entries()) {
    const problem = refusals.get(index);
    entry.result =
      problem === undefined ? at.run(entry.message, grown) : refuse("field-limit", problem);
  }
}
