/**
 * One network connection of a client.
 *
 * waiting      The transport is up (TLS handshake done) and no CONNECT has arrived. A timer ends
 *              this state. The first byte decides whether MQTT is spoken at all.
 * identifying  CONNECT was read and the registry is being asked. Nothing more is read; what was
 *              already received stays in the frame reader [MQTT-3.1.4-5 lets clients not wait].
 * connected    CONNACK with success was sent; `session` is set. Packets are handled as they come,
 *              except while one of the holds below stops the reading.
 * closing      The last packet was sent and the session is over. What still arrives is thrown away
 *              for a moment, because closing with unread bytes would reset the connection and the
 *              peer would never read the reason.
 * closed       The socket is gone.
 *
 * Holds, each a reason for not reading the socket: `room` (the pipeline is full), `window` (a 3.1.1
 * client, which cannot be told a receive maximum, has too many unacknowledged publications),
 * `unsent` (the client does not read what we send), `identify`, `stop` (the worker is stopping).
 */
import type { Duplex } from "node:stream";
import type { Packet } from "mqtt-packet";
import { claimedIdOf, type Credential } from "#server/gateway/identify/identify.ts";
import { encode, type ProtocolVersion } from "#server/gateway/mqtt/codec.ts";
import { deliverDownlink } from "#server/gateway/mqtt/downlink.ts";
import { FrameReader } from "#server/gateway/mqtt/frames.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { dispatch } from "#server/gateway/mqtt/packets/dispatch.ts";
import { reasonCodeOf, returnCodeOf } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import type { DeliveryOutcome, Downlink } from "#server/gateway/mqtt/sessions.ts";
import { settlePublication } from "#server/gateway/mqtt/settle.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";
import type { Refusal, RefusedPeer } from "#server/gateway/refusal.ts";
import type {
  InboundMessage,
  Origin,
  RelayedMessage,
  Settlement,
  Transport,
} from "#server/ingest/message.ts";

export type ConnectionState = "waiting" | "identifying" | "connected" | "closing" | "closed";

/** What is known before the first packet. */
export type ConnectionFacts = {
  readonly transport: Transport;
  /** Address without a port. */
  readonly remote: string;
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
  /** Undefined on the plain listener, where CONNECT brings it. */
  readonly certificate: Credential | undefined;
  /** Set when the connection is only taken in order to say why it is refused. */
  readonly refusal: Refusal | undefined;
};

/** How a session ends: words for the device's page, and whether the will is published. */
export type Ending = {
  readonly reason: string;
  readonly will: boolean;
  /** Another connection of the same client continues: the device stays online. */
  readonly replaced?: boolean;
};

type RefusalOwner = Pick<RefusedPeer, "tenantId" | "deviceKey">;

const nobody: RefusalOwner = { tenantId: null, deviceKey: null };
const lingerMs = 1_000;
const maxReasonString = 500;

export class Connection implements Origin {
  readonly gateway: MqttGateway;
  readonly facts: ConnectionFacts;
  readonly frames: FrameReader;
  readonly openedAt: number;
  state: ConnectionState = "waiting";
  session: Session | undefined;
  /** When the bytes in hand arrived: epoch milliseconds with fractions. */
  receivedAt = 0;
  /** Names the peer in refusals until it is identified. */
  claimedId = "";
  readonly #socket: Duplex;
  #holds = 0;
  #lastSeenAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(gateway: MqttGateway, socket: Duplex, facts: ConnectionFacts) {
    this.gateway = gateway;
    this.facts = facts;
    this.frames = new FrameReader(gateway.limits.maxPacketBytes);
    this.openedAt = gateway.now();
    this.#lastSeenAt = this.openedAt;
    this.#socket = socket;
    if (facts.certificate !== undefined) this.claimedId = claimedIdOf(facts.certificate);
  }

  /** Begins to read. */
  start(): void {
    const { limits } = this.gateway;
    this.#timer = setTimeout(() => this.#connectTimeout(), limits.connectTimeoutMs);
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("drain", () => this.release(hold.unsent));
    // A reset is followed by "close", which says all there is to say.
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => this.#closed());
  }

  /** The session of a connection in state `connected`. */
  get established(): Session {
    if (this.session === undefined) throw new Error("This connection has no session.");
    return this.session;
  }

  /** Whether reading is stopped by something other than the client itself. */
  get heldByUs(): boolean {
    return (this.#holds & ~hold.unsent) !== 0;
  }

  #receive(chunk: Buffer): void {
    if (this.state === "closing" || this.state === "closed") return;
    this.#lastSeenAt = this.gateway.now();
    this.gateway.counters.bytesReceived += chunk.length;
    this.frames.append(chunk);
    this.#readFrames();
  }

  #readFrames(): void {
    this.receivedAt = performance.timeOrigin + performance.now();
    try {
      while (this.#holds === 0 && (this.state === "waiting" || this.state === "connected")) {
        if (!dispatch(this)) break;
      }
    } catch (error) {
      this.fault(error);
    }
  }

  /** Stops reading for a reason of {@link hold}. */
  hold(reason: number): void {
    this.#holds |= reason;
    this.#socket.pause();
  }

  /** Reads on when no other reason holds. */
  release(reason: number): void {
    if ((this.#holds & reason) === 0) return;
    this.#holds &= ~reason;
    if (this.#holds !== 0) return;
    // The client could not be heard while it was not read.
    this.#lastSeenAt = this.gateway.now();
    this.#readFrames();
    if (this.#holds === 0) this.#socket.resume();
  }

  /** @see RoomGate */
  resumeAfterRoom(): void {
    this.release(hold.room);
  }

  /** The fate of a publication, told by the pipeline in the order of receipt. */
  settle(message: InboundMessage | RelayedMessage, settlement: Settlement): void {
    if (message.device === undefined) return;
    if (this.state !== "connected" || this.session === undefined) return;
    settlePublication(this, this.session, message, settlement);
  }

  /** Writes the acknowledgements of a burst, four bytes each, MQTT 5.0 and 3.1.1 §3.4. */
  flushAcknowledgements(): void {
    const ids = this.session?.acknowledgements;
    if (ids === undefined || ids.length === 0) return;
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    let at = 0;
    for (const id of ids) {
      // One store for type, length and identifier: 0x40 0x02 id.
      at = bytes.writeUInt32BE(0x40020000 + id, at);
    }
    this.gateway.counters.acknowledgementsSent += ids.length;
    ids.length = 0;
    this.write(bytes);
  }

  /** Sends a packet after all acknowledgements that came before it. */
  send(packet: Packet): void {
    const { version = 4, maximumPacketSize } = this.session ?? {};
    this.flushAcknowledgements();
    this.write(encode(packet, version, maximumPacketSize));
  }

  /** Writes bytes; a client that does not read them is not read either. */
  write(bytes: Buffer): void {
    if (bytes.length === 0 || this.state === "closing" || this.state === "closed") return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > this.gateway.limits.maxUnsentBytes) this.hold(hold.unsent);
  }

  /** @see Sessions.deliver */
  deliver(downlink: Downlink): DeliveryOutcome {
    if (this.state !== "connected" || this.session === undefined) return "no-subscription";
    if ((this.#holds & hold.unsent) !== 0) return "busy";
    return deliverDownlink(this, this.session, downlink);
  }

  /** CONNACK was sent: packets are read from here on. */
  open(): void {
    this.state = "connected";
    clearTimeout(this.#timer);
  }

  /** Records a refusal of this peer; `owner` where it is known before there is a session. */
  record(refusal: Refusal, owner: RefusalOwner = nobody): void {
    const { certificate, remote, transport } = this.facts;
    const { tenantId, deviceKey } = this.session?.device ?? owner;
    const claimedId = this.session?.device.deviceId ?? this.claimedId;
    const sha256 = certificate?.kind === "certificate" ? certificate.sha256 : "";
    this.gateway.refusals.record(
      { claimedId, tenantId, deviceKey, sha256, remote, transport },
      refusal,
    );
  }

  /** Answers CONNECT with a refusal, [MQTT-3.1.4-2], and closes. */
  refuseConnect(
    refusal: Refusal,
    version: ProtocolVersion | undefined,
    more: {
      readonly owner?: RefusalOwner;
      readonly userProperties?: Readonly<Record<string, string>>;
    } = {},
  ): void {
    this.record(refusal, more.owner);
    if (version === 5) {
      const properties = {
        reasonString: `${refusal.detail} ${refusal.remedy}`.slice(0, maxReasonString),
        ...(more.userProperties === undefined ? {} : { userProperties: more.userProperties }),
      };
      const reasonCode = reasonCodeOf(refusal.cause);
      this.#leave(encode({ cmd: "connack", sessionPresent: false, reasonCode, properties }, 5));
      return;
    }
    const returnCode = version === 4 ? returnCodeOf(refusal.cause) : undefined;
    this.#leave(
      returnCode === undefined
        ? undefined
        : encode({ cmd: "connack", sessionPresent: false, returnCode }, 4),
    );
  }

  /** Refuses what a connected client did: DISCONNECT with the reason, and the end of the connection. */
  refuse(refusal: Refusal): void {
    this.record(refusal);
    this.disconnect(reasonCodeOf(refusal.cause), `${refusal.detail} ${refusal.remedy}`, {
      reason: refusal.detail,
      will: true,
    });
  }

  /** Ends the connection from our side; MQTT 3.1.1 has no words for it. */
  disconnect(reasonCode: number, text: string, ending: Ending): void {
    if (this.state === "closing" || this.state === "closed") return;
    if (this.session?.version !== 5) {
      this.end(ending);
      return;
    }
    const reasonString = text.slice(0, maxReasonString);
    this.flushAcknowledgements();
    const { maximumPacketSize } = this.session;
    const packet = encode(
      { cmd: "disconnect", reasonCode, properties: { reasonString } },
      5,
      maximumPacketSize,
    );
    this.#finish(ending);
    this.#leave(packet);
  }

  /** Ends the connection without a packet. */
  end(ending: Ending): void {
    if (this.state === "closing" || this.state === "closed") return;
    this.flushAcknowledgements();
    this.#finish(ending);
    this.#leave(undefined);
  }

  /** Cuts the connection without waiting for anything. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** A fault of ours: it ends this connection and no other. */
  fault(error: unknown): void {
    const { remote } = this.facts;
    this.gateway.log.error({
      event: "connection.fault",
      err: error,
      claimedId: this.claimedId,
      remote,
    });
    const refusal: Refusal = {
      cause: "internal",
      detail: "The server met a fault of its own while it handled a packet.",
      remedy: "Report it with the server's log of this time.",
    };
    if (this.state === "connected") this.refuse(refusal);
    else this.refuseConnect(refusal, undefined);
  }

  /** Closes a client that has been silent for one and a half times its keep-alive, [MQTT-3.1.2-22]. */
  checkKeepAlive(now: number): void {
    const keepAliveMs = this.session?.keepAliveMs ?? 0;
    if (this.state !== "connected" || keepAliveMs === 0 || this.heldByUs) return;
    if (now - this.#lastSeenAt <= keepAliveMs * 1.5) return;
    const text = `Nothing was heard for one and a half times the keep-alive of ${keepAliveMs / 1_000} s.`;
    this.disconnect(0x8d, text, { reason: "keep-alive timeout", will: true });
  }

  #connectTimeout(): void {
    if (this.state === "connected") return;
    const { connectTimeoutMs } = this.gateway.limits;
    this.refuseConnect(
      {
        cause: "no-connect",
        detail: `No whole CONNECT arrived within ${connectTimeoutMs / 1_000} s.`,
        remedy: "Check that the client speaks MQTT, and the quality of its link.",
      },
      undefined,
    );
  }

  /** Ends the session, if there is one, exactly once. */
  #finish(ending: Ending): void {
    const { session, gateway } = this;
    if (session === undefined || this.state !== "connected") return;
    this.state = "closing";
    const last = gateway.sessions.release(this);
    if (ending.will) publishWill(this, session);
    if (last && ending.replaced !== true) gateway.status.disconnected(session.facts, ending.reason);
  }

  #leave(packet: Buffer | undefined): void {
    if (this.state === "closed") return;
    this.state = "closing";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#timer.unref();
    if (packet === undefined || packet.length === 0) this.#socket.end();
    else this.#socket.end(packet);
    this.#socket.resume();
  }

  #closed(): void {
    clearTimeout(this.#timer);
    if (this.state === "waiting" && this.facts.transport === "mqtts") {
      this.record({
        cause: "no-connect",
        detail: "The client finished the TLS handshake and closed without sending CONNECT.",
        remedy: "Check in the client's log whether it accepts this server's certificate and name.",
      });
    }
    this.#finish({ reason: "connection lost", will: true });
    this.state = "closed";
  }
}
