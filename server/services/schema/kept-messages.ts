import type { Tx } from "#server/db/client.ts";
import type { KeptMessageRow } from "#server/db/kept-message.ts";
import { readBindings } from "#server/db/read-bindings.ts";
import { limitStatements } from "#server/db/read-series.ts";
import { readOpenLetters } from "#server/db/read-open-letters.ts";
import { readSamples } from "#server/db/read-samples.ts";
import { mediaType, streamOf } from "#server/pipeline/choose-schema.ts";
import type { Context } from "#server/services/context.ts";
import type { TrialMessage } from "#server/services/schema/trial.ts";

const most = 2000;
const mostBytes = 33_554_432;
const timeoutMs = 10_000;
const hourMs = 3_600_000;

/** What devices have sent and was kept: of messages that were stored, and of those refused. */
export type Kept = {
  readonly samples: readonly KeptMessageRow[];
  readonly letters: readonly KeptMessageRow[];
};

/** The newest kept messages of profiles, at most 2000 and 32 MB of either kind. */
export async function readKept(
  tx: Tx,
  { tenantId, now }: Pick<Context, "tenantId" | "now">,
  { profileIds, hours }: { readonly profileIds: readonly string[]; readonly hours: number },
): Promise<Kept> {
  if (profileIds.length === 0) return { samples: [], letters: [] };
  await limitStatements(tx, timeoutMs);
  const since = new Date(now().getTime() - hours * hourMs);
  const at = { tenantId, profileIds, since, most, mostBytes };
  return { samples: await readSamples(tx, at), letters: await readOpenLetters(tx, at) };
}

/**
 * Which of the messages of the profiles that use a schema fall under one of its bindings.
 * @param more also profiles that do not use it, with all of their messages
 */
export async function readScope(
  tx: Tx,
  tenantId: string,
  { schemaRef, profileId }: { readonly schemaRef: string; readonly profileId?: string | undefined },
): Promise<{
  readonly profileIds: readonly string[];
  readonly covers: (message: KeptMessageRow) => boolean;
}> {
  const own = await readBindings(tx, tenantId, { schemaRef });
  const using = [...new Set(own.map((each) => each.profileId))];
  if (profileId !== undefined && !using.includes(profileId)) {
    return { profileIds: [profileId], covers: () => true };
  }
  const profileIds = profileId === undefined ? using : [profileId];
  const owned = new Set(own.map((each) => keyOf(each.profileId, each.stream, each.contentType)));
  const bindings = await tx.profileBinding.findMany({
    where: { tenantId, profileId: { in: [...profileIds] } },
    select: { profileId: true, stream: true, contentType: true },
  });
  const taken = new Set(
    bindings.map((each) => keyOf(each.profileId, each.stream, each.contentType)),
  );
  return {
    profileIds,
    covers: (message) => owned.has(bindingKeyOf(message, taken)),
  };
}

function keyOf(profileId: string, stream: string, contentType: string): string {
  return JSON.stringify([profileId, stream, contentType]);
}

/** The binding that a message falls under, in the order of the pipeline's bindingFor. */
function bindingKeyOf(message: KeptMessageRow, taken: ReadonlySet<string>): string {
  const { profileId } = message;
  const stream = streamOf(message.channel);
  const type = mediaType(message.contentType);
  const candidates = [
    keyOf(profileId, stream, type),
    keyOf(profileId, stream, ""),
    keyOf(profileId, "", type),
  ];
  return candidates.find((key) => taken.has(key)) ?? keyOf(profileId, "", "");
}

export function toTrial(row: KeptMessageRow): TrialMessage {
  const { payload, contentType, channel, receivedAt, properties } = row;
  const { deviceKey, deviceId, attributes } = row;
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    payload: bytes,
    contentType,
    channel,
    receivedAt,
    properties,
    device: { deviceKey, deviceId, attributes },
  };
}
