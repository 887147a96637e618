import type { Credential } from "#server/gateway/identify/identify.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Opening } from "#server/gateway/mqtt/packets/read-connect.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session, Will } from "#server/gateway/mqtt/session.ts";
import { deviceTopics } from "#server/gateway/mqtt/topics.ts";

function keepAliveSeconds({ packet, version }: Opening, longest: number): number {
  const asked = packet.keepalive ?? 0;
  // Only MQTT 5 can be told another one, [MQTT-3.2.2-21].
  if (version === 4) return asked;
  return asked === 0 || asked > longest ? longest : asked;
}

/** The session of a client that was identified; [MQTT-3.1.4-4]: it always begins empty. */
export function openSession(
  connection: Connection,
  opening: Opening,
  who: {
    readonly device: RegisteredDevice;
    readonly credential: Credential;
    readonly clientId: string;
    readonly will: Will | undefined;
  },
): Session {
  const { facts, gateway } = connection;
  const { packet, version } = opening;
  const { device, credential, clientId } = who;
  return {
    version,
    clientId,
    credential,
    device,
    will: who.will,
    topics: deviceTopics(device.deviceId),
    facts: {
      tenantId: device.tenantId,
      deviceKey: device.deviceKey,
      connectedAt: new Date(gateway.now()),
      remoteAddress: facts.remote,
      clientId,
      protocol: version === 5 ? "MQTT 5.0" : "MQTT 3.1.1",
      tlsVersion: facts.tlsVersion,
      tlsCipher: facts.tlsCipher,
      certificateSha256: credential.kind === "certificate" ? credential.sha256 : null,
    },
    keepAliveMs: keepAliveSeconds(opening, gateway.limits.maxKeepAliveSeconds) * 1_000,
    wantsSessionExpiry: (packet.properties?.sessionExpiryInterval ?? 0) > 0,
    wantsProblems: packet.properties?.requestProblemInformation !== false,
    receiveMaximum: packet.properties?.receiveMaximum ?? 65_535,
    maximumPacketSize: packet.properties?.maximumPacketSize ?? Number.MAX_SAFE_INTEGER,
    subscriptions: new Map(),
    lastTopic: { bytes: Buffer.alloc(0), name: "", channel: undefined, problem: "is empty" },
    accepted: 0,
    settled: 0,
    acknowledgements: [],
    lateRefusals: [],
    inflight: new Set(),
    lastPacketId: 0,
  };
}

const sharedIdentityMs = 60_000;

/** [MQTT-3.1.4-3]: the older connection of the same client is told and closed before CONNACK. */
export function takeOver(connection: Connection, session: Session): void {
  const { gateway, facts } = connection;
  connection.session = session;
  const previous = gateway.sessions.claim(connection);
  if (previous === undefined) return;
  const age = gateway.now() - previous.openedAt;
  const detail = `Another connection with the client id ${session.clientId}, from ${facts.remote}, took over after ${Math.round(age / 1_000)} s.`;
  // A link that was lost shows up as one late take-over; two devices take over from each other.
  if (age < sharedIdentityMs) {
    previous.record({
      cause: "taken-over",
      detail,
      remedy: `If this repeats, two devices share the identity ${session.device.deviceId}: give each its own certificate.`,
    });
  }
  previous.disconnect(reasonCode.sessionTakenOver, detail, {
    reason: detail,
    will: true,
    replaced: true,
  });
}
