import type { Tx } from "#server/db/client.ts";
import type { IngestProfile } from "#server/pipeline/profile.ts";
import type { KeptLetter } from "#server/pipeline/letter-message.ts";
import type { DeviceIdentity } from "#server/pipeline/message.ts";
import type { FollowedEnd, FollowedMessage } from "#server/services/message/followed.ts";
import { judgeToday, readProfiles } from "#server/services/message/judge-today.ts";
import { readConnection } from "#server/services/message/read-connection.ts";
import { replayOf } from "#server/services/message/read-replays.ts";
import { stagesOfDeadLetter } from "#server/services/message/stages-of.ts";

const columns = {
  id: true,
  deviceKey: true,
  deviceId: true,
  profileId: true,
  receivedAt: true,
  transport: true,
  topic: true,
  channel: true,
  qos: true,
  messageId: true,
  contentType: true,
  properties: true,
  reason: true,
  detail: true,
  payload: true,
  fingerprint: true,
  state: true,
  settledAt: true,
  settledBy: true,
  settledReason: true,
  runId: true,
  storedTs: true,
  storedKey: true,
} as const;

/** Messages that were refused, with what would become of the same bytes today. */
export async function followDeadLetters(
  tx: Tx,
  { tenantId, ids }: { readonly tenantId: string; readonly ids: readonly string[] },
): Promise<readonly FollowedMessage[]> {
  if (ids.length === 0) return [];
  const letters = await readLetters(tx, tenantId, ids);
  const devices = await readDevices(tx, tenantId, letters);
  const profileOf = (letter: Letter): string =>
    devices.get(letter.deviceKey)?.profileId ?? letter.profileId;
  const profiles = await readProfiles(tx, letters.map(profileOf));
  const messages: FollowedMessage[] = [];
  for (const letter of letters) {
    const { deviceKey } = letter;
    const instant = letter.receivedAt;
    const connection = await readConnection(tx, { tenantId, deviceKey, instant });
    const profile = profiles.get(profileOf(letter));
    messages.push(toMessage(letter, { connection, profile, device: devices.get(deviceKey) }));
  }
  return messages;
}

function readLetters(tx: Tx, tenantId: string, ids: readonly string[]) {
  return tx.deadLetter.findMany({ where: { tenantId, id: { in: [...ids] } }, select: columns });
}

type Letter = Awaited<ReturnType<typeof readLetters>>[number];

/** Devices with the profile that they have today. */
async function readDevices(
  tx: Tx,
  tenantId: string,
  letters: readonly Letter[],
): Promise<ReadonlyMap<bigint, DeviceIdentity>> {
  const rows = await tx.device.findMany({
    where: { tenantId, key: { in: letters.map(({ deviceKey }) => deviceKey) } },
    select: { key: true, id: true, deviceId: true, profileId: true, attributes: true },
  });
  return new Map(
    rows.map(({ key, attributes, ...row }) => [
      key,
      { ...row, tenantId, deviceKey: key, attributes: attributesOf(attributes) },
    ]),
  );
}

/** Checked when it was written (services/device/schemas.ts). */
function attributesOf(attributes: unknown): NonNullable<DeviceIdentity["attributes"]> {
  return attributes as NonNullable<DeviceIdentity["attributes"]>;
}

function toMessage(
  letter: Letter,
  at: {
    readonly connection: FollowedMessage["received"]["connection"];
    readonly profile: IngestProfile | undefined;
    readonly device: DeviceIdentity | undefined;
  },
): FollowedMessage {
  const { deviceId, receivedAt, transport, topic, qos, contentType } = letter;
  return {
    deviceId,
    messageId: letter.messageId,
    received: {
      at: receivedAt.toISOString(),
      transport,
      qos,
      topic,
      contentType,
      bytes: letter.payload.length,
      connection: at.connection,
    },
    stages: stagesOfDeadLetter(letter),
    end: endOf(letter, at),
    fanout: null,
    replays: letter.state === "replayed" ? [replayOf(letter)] : [],
  };
}

function endOf(
  letter: Letter,
  {
    profile,
    device,
  }: { readonly profile: IngestProfile | undefined; readonly device: DeviceIdentity | undefined },
): FollowedEnd {
  const { id, fingerprint, state, reason, detail, settledReason, deviceId } = letter;
  const { storedTs, storedKey } = letter;
  return {
    as: "dead_letter",
    id,
    fingerprint,
    state,
    reason,
    detail,
    settledReason,
    row:
      storedTs === null || storedKey === null
        ? null
        : { deviceId, ts: storedTs.toISOString(), key: storedKey.toString() },
    today:
      device === undefined
        ? { wouldPass: false, detail: "The device does not exist any more." }
        : judgeToday(keptLetter(letter, device), profile),
  };
}

function keptLetter(letter: Letter, device: DeviceIdentity): KeptLetter {
  const { receivedAt, payload } = letter;
  return { ...letter, device, receivedAt: receivedAt.getTime(), payload: Buffer.from(payload) };
}
