import type { IConnectPacket } from "mqtt-packet";
import type { SessionKey } from "#server/broker/publication.ts";
import type { StoredWill } from "#server/broker/session-store.ts";
import { topicNameProblem } from "#server/broker/topic-filter.ts";
import { tenantOf, type Principal } from "#server/gateway/identify/principal.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { mayPublish, remedyFor, type Permission } from "#server/gateway/mqtt/permissions.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { Origin, Transport } from "#server/pipeline/message.ts";

const mayBeWill: ReadonlySet<Permission["kind"]> = new Set(["channel", "relay"]);

/**
 * The will of a CONNECT, judged as if it were published now: what is refused then is refused here.
 * @param forwarded its properties to pass on, in their order
 */
export function judgeWill(
  { will }: Pick<IConnectPacket, "will">,
  principal: Principal,
  forwarded: Buffer,
): { readonly will?: StoredWill; readonly refusal?: Refusal } {
  if (will === undefined) return {};
  const problem = topicNameProblem(will.topic);
  const permission = problem === undefined ? mayPublish(principal, will.topic) : undefined;
  // One that only enrols leaves nothing behind. Who its child is would have to be asked when nobody listens any more; a gateway's will is its own.
  if (permission === undefined || !mayBeWill.has(permission.kind)) {
    const why = problem ?? "is not one that the client may publish to";
    return {
      refusal: {
        cause: "will-not-allowed",
        detail: `The will's topic ${quoted(will.topic)} ${why}.`,
        remedy: remedyFor(principal, "publish", will.topic),
      },
    };
  }
  return {
    will: {
      topic: will.topic,
      payload: Buffer.isBuffer(will.payload) ? will.payload : Buffer.from(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain === true,
      forwarded,
      messageExpirySeconds: will.properties?.messageExpiryInterval,
      delaySeconds: will.properties?.willDelayInterval ?? 0,
    },
  };
}

/** Whose will it is. */
export type WillSender = {
  readonly principal: Principal;
  readonly publisher: SessionKey;
  readonly transport: Transport;
};

/**
 * Publishes a will as a message of its sender, [MQTT-3.1.2-8]; resolves when it is stored, or kept
 * as a dead letter. Nothing happens when the sender may not publish there any more.
 */
export function publishWill(
  gateway: Pick<MqttGateway, "ingest">,
  { principal, publisher, transport }: WillSender,
  will: StoredWill,
): Promise<void> {
  const permission = mayPublish(principal, will.topic);
  if (permission === undefined) return Promise.resolve();
  const receivedAt = performance.timeOrigin + performance.now();
  const { topic, payload, qos, retain, forwarded, messageExpirySeconds } = will;
  const expiresAt =
    messageExpirySeconds === undefined ? undefined : receivedAt + messageExpirySeconds * 1_000;
  return new Promise((resolve) => {
    const origin: Origin = { settle: () => resolve() };
    const common = { transport, origin, packetId: 0, claimedBy: undefined };
    const message = { topic, payload, qos, retain, forwarded, receivedAt, expiresAt, publisher };
    if (principal.kind === "device" && permission.kind === "channel") {
      const { device } = principal;
      gateway.ingest.accept({ ...common, ...message, device, channel: permission.channel });
    } else if (principal.kind === "service") {
      const tenantId = tenantOf(principal);
      gateway.ingest.relay({
        ...common,
        tenantId,
        client: { id: principal.serviceClientId, name: principal.name },
        publication: { ...message, tenantId },
      });
    } else resolve();
  });
}
