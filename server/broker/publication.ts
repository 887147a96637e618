/** Quality of service of a publication or a subscription. */
export type Qos = 0 | 1 | 2;

/** An application message on its way from a publisher to subscribers; nothing in it is copied. */
export type Publication = {
  readonly tenantId: string;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Qos;
  /** As published. Subscribers see it by their own rules [MQTT-3.3.1-12]. */
  readonly retain: boolean;
  /** Epoch milliseconds after which it is not delivered any more; undefined for never. */
  readonly expiresAt: number | undefined;
  /** Epoch milliseconds, fractional. */
  readonly receivedAt: number;
  /**
   * The MQTT 5 properties that a server must pass on unchanged and in order, encoded as they came:
   * payload format, content type, response topic, correlation data, user properties
   * [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18] [MQTT-3.3.2-20].
   * Empty where there are none, and for what 3.1.1 clients publish.
   */
  readonly forwarded: Buffer;
  /** The publisher's session, for No Local [MQTT-3.8.3-3]; undefined when the server publishes. */
  readonly publisher: SessionKey | undefined;
};

/** {@link Publication.forwarded} of what has no such properties. */
export const nothingForwarded: Buffer = Buffer.alloc(0);

/** Whose session it is. Client ids are unique for an owner, so nobody can take over another's. */
export type Owner =
  | { readonly kind: "device"; readonly deviceKey: bigint }
  | { readonly kind: "service"; readonly serviceClientId: string }
  /** One who only enrols a device. Such a session is never stored and nothing is routed to it. */
  | { readonly kind: "enrolment"; readonly id: string };

/** Owner and client id as one text: `d:42:pump-17`, `s:<uuid>:node-red`. Unique in the installation. */
export type SessionKey = string;

/** @returns what a session's key says; it is one of {@link sessionKey} */
export function readSessionKey(key: SessionKey): {
  readonly owner: Owner;
  readonly clientId: string;
} {
  const [kind, id = "", ...clientId] = key.split(":");
  return { owner: ownerOf(kind, id), clientId: clientId.join(":") };
}

function ownerOf(kind: string | undefined, id: string): Owner {
  if (kind === "d") return { kind: "device", deviceKey: BigInt(id) };
  return kind === "e" ? { kind: "enrolment", id } : { kind: "service", serviceClientId: id };
}

/** @returns the key of the session that `owner` has under `clientId` */
export function sessionKey(owner: Owner, clientId: string): SessionKey {
  switch (owner.kind) {
    case "device":
      return `d:${owner.deviceKey}:${clientId}`;
    case "service":
      return `s:${owner.serviceClientId}:${clientId}`;
    case "enrolment":
      return `e:${owner.id}:${clientId}`;
  }
}
