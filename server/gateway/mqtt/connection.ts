/**
 * One network connection of a client.
 *
 * waiting      The transport is up (TLS handshake done) and no CONNECT has arrived. A timer ends
 *              this state. The first byte decides whether MQTT is spoken at all.
 * identifying  CONNECT was read; the registry, then the store of sessions are being asked. Nothing
 *              more is read; what was already received stays in the frame reader [MQTT-3.1.4-5 lets
 *              clients not wait]. The same timer ends this state.
 * connected    CONNACK with success was sent; `session` is set. Packets are handled as they come,
 *              except while one of the holds below stops the reading.
 * closing      The last packet was sent and the connection's part in the session is over. What still
 *              arrives is thrown away for a moment, because closing with unread bytes would reset the
 *              connection and the peer would never read the reason.
 * closed       The socket is gone.
 *
 * Holds, each a reason for not reading the socket: `room` (the pipeline is full), `window` (a 3.1.1
 * client, which cannot be told a receive maximum, has too many unacknowledged publications),
 * `child` (a gateway publishes for a device behind it of which nothing is known yet),
 * `unsent` (the client does not read what we answer), `rate` (it sent more than its rate, or that of
 * its device or tenant), `store` (a SUBSCRIBE or UNSUBSCRIBE is being committed, and packets are
 * answered in order), `identify`, `stop` (the worker is stopping).
 */
import type { Duplex } from "node:stream";
import type { Packet } from "mqtt-packet";
import { claimedIdOf, type Credential } from "#server/gateway/identify/identify.ts";
import { nameOf } from "#server/gateway/identify/principal.ts";
import { encode } from "#server/gateway/mqtt/codec.ts";
import { disconnect, refuse, refuseConnect, type Ending } from "#server/gateway/mqtt/ending.ts";
import { FrameReader } from "#server/gateway/mqtt/frames.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { dispatch } from "#server/gateway/mqtt/packets/dispatch.ts";
import { connectTimeoutRefusal, silentRefusal } from "#server/gateway/mqtt/stranger.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { endSession } from "#server/gateway/mqtt/session-end.ts";
import { refusalOwnerOf, type RefusalOwner } from "#server/gateway/mqtt/refusal-owner.ts";
import { settlePublication } from "#server/gateway/mqtt/settle.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import type { AcceptedMessage, Origin, Settlement, Transport } from "#server/pipeline/message.ts";

export type ConnectionState = "waiting" | "identifying" | "connected" | "closing" | "closed";

/** What is known before the first packet. */
export type ConnectionFacts = {
  readonly transport: Transport;
  /** Address without a port. */
  readonly remote: string;
  /** Name or address by which the peer reached this server. */
  readonly serverName: string;
  readonly tlsVersion: string | null;
  readonly tlsCipher: string | null;
  /** Undefined where CONNECT brings it. */
  readonly certificate: Credential | undefined;
  /** Set when the connection is only taken in order to say why it is refused. */
  readonly refusal: Refusal | undefined;
  /** To be called once the client is identified: it does not count as a stranger any more. */
  readonly identified: () => void;
};

const nobody: RefusalOwner = { tenantId: null, deviceKey: null };
const lingerMs = 1_000;

export class Connection implements Origin {
  readonly gateway: MqttGateway;
  readonly facts: ConnectionFacts;
  readonly frames: FrameReader;
  state: ConnectionState = "waiting";
  session: Session | undefined;
  /** When the bytes in hand arrived: epoch milliseconds with fractions. */
  receivedAt = 0;
  /** Names the peer in refusals until it is identified. */
  claimedId = "";
  /** As CONNECT said it, for its refusal; a session has its own. */
  maximumPacketSize = Number.MAX_SAFE_INTEGER;
  /** PUBLISH packets, and requests at their cost, since the rates were charged last. */
  publishes = 0;
  readonly #socket: Duplex;
  #holds = 0;
  #lastSeenAt: number;
  #timer: NodeJS.Timeout | undefined;
  #isCorked = false;
  /** Bytes in the socket's buffer as the memory of all clients counts them, when it is more than full. */
  #unsent = 0;

  constructor(gateway: MqttGateway, socket: Duplex, facts: ConnectionFacts) {
    this.gateway = gateway;
    this.facts = facts;
    this.frames = new FrameReader(gateway.bounds.maxConnectBytes);
    this.#lastSeenAt = gateway.now();
    this.#socket = socket;
    if (facts.certificate !== undefined) this.claimedId = claimedIdOf(facts.certificate);
  }

  /** Begins to read. */
  start(): void {
    const { connectTimeoutMs } = this.gateway.bounds;
    this.#timer = setTimeout(() => this.#connectTimeout(), connectTimeoutMs);
    this.#socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on("drain", () => this.#drained());
    // A reset is followed by "close", which says all there is to say.
    this.#socket.on("error", () => undefined);
    this.#socket.on("close", () => this.#closed());
  }

  /** The session of a connection in state `connected`. */
  get established(): Session {
    if (this.session === undefined) throw new Error("This connection has no session.");
    return this.session;
  }

  get isOver(): boolean {
    return this.state === "closing" || this.state === "closed";
  }

  /** Whether reading is stopped by something other than the client itself. */
  get heldByUs(): boolean {
    return (this.#holds & ~hold.unsent) !== 0;
  }

  /**
   * Whether the client leaves so much unread that deliveries wait. Half of what stops the reading of
   * its packets: a client that is slow to take deliveries must still be heard.
   */
  get congested(): boolean {
    if (this.#unsent > 0 && this.gateway.outboundMemory.isSpent) return true;
    const most = this.session?.limits.connection.maxUnsentBytes ?? 0;
    return this.#socket.writableLength > most / 2;
  }

  /** A buffer that is full is followed by "drain" or "close"; what is below is not worth counting. */
  #countUnsent(): void {
    const unsent = this.#socket.writableNeedDrain ? this.#socket.writableLength : 0;
    this.gateway.outboundMemory.add(0, unsent - this.#unsent);
    this.#unsent = unsent;
  }

  #receive(chunk: Buffer): void {
    if (this.isOver) return;
    this.#lastSeenAt = this.gateway.now();
    this.gateway.counters.bytesReceived += chunk.length;
    this.frames.append(chunk);
    const { session } = this;
    this.#readFrames();
    if (session !== undefined) this.#charge(session, chunk.length);
    this.publishes = 0;
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

  /** Beyond its rate the client is not read until the rate has caught up: nothing is lost. */
  #charge({ throttle }: Session, bytes: number): void {
    const excess = throttle.charge(this.publishes, bytes, this.gateway.now());
    if (excess === undefined || this.isOver) return;
    this.gateway.rates.throttled[excess.scope] += 1;
    this.record({
      cause: "throttled",
      detail: `More was sent than the rate of the ${excess.scope} allows; it is read more slowly.`,
      remedy: "Let the client send less, or raise the limit on the page of listener limits.",
    });
    this.hold(hold.rate);
    setTimeout(() => this.release(hold.rate), Math.ceil(excess.waitMs)).unref();
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

  #drained(): void {
    this.#countUnsent();
    this.release(hold.unsent);
    this.session?.outbound.pump();
  }

  /** The fate of a publication, told by the pipeline in the order of receipt. */
  settle(message: AcceptedMessage, settlement: Settlement): void {
    if (this.state !== "connected" || this.session === undefined) return;
    settlePublication(this, this.session, message, settlement);
  }

  /** Writes the acknowledgements of a burst, four bytes each, MQTT 5.0 and 3.1.1 §3.4 and §3.5. */
  flushAcknowledgements(): void {
    const due = this.session?.inbound.acknowledgements;
    if (due === undefined || due.length === 0) return;
    const bytes = Buffer.allocUnsafe(due.length * 4);
    let at = 0;
    for (const acknowledgement of due) at = bytes.writeUInt32BE(acknowledgement, at);
    this.gateway.counters.acknowledgementsSent += due.length;
    due.length = 0;
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
    if (bytes.length === 0 || this.isOver) return;
    this.#socket.write(bytes);
    const most = this.session?.limits.connection.maxUnsentBytes;
    if (most !== undefined && this.#socket.writableLength > most) this.hold(hold.unsent);
  }

  /** Writes a delivery: those of one turn of the event loop go out with one system call. */
  writeDelivery(pieces: readonly Buffer[]): void {
    if (this.isOver) return;
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#isCorked = false;
        this.#socket.uncork();
      });
    }
    this.gateway.counters.publishesSent += 1;
    for (const piece of pieces) this.#socket.write(piece);
    this.#countUnsent();
  }

  /** CONNACK is being sent: packets are read from here on. */
  open(session: Session): void {
    this.state = "connected";
    this.frames.maxBytes = session.limits.connection.maxPacketBytes;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Records a refusal of this peer; `owner` where it is known before there is a session. */
  record(refusal: Refusal, owner: RefusalOwner = nobody): void {
    const { certificate, remote, transport } = this.facts;
    const { principal } = this.session ?? {};
    const { tenantId, deviceKey } = principal === undefined ? owner : refusalOwnerOf(principal);
    const claimedId = principal === undefined ? this.claimedId : nameOf(principal);
    const sha256 = certificate?.kind === "certificate" ? certificate.sha256 : "";
    this.gateway.refusals.record(
      {
        claimedId,
        tenantId,
        deviceKey,
        sha256,
        remote,
        transport,
        wasConnected: this.state === "connected",
      },
      refusal,
    );
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
    if (this.state === "connected") refuse(this, refusal);
    else refuseConnect(this, refusal, undefined);
  }

  /** Closes a client that has been silent for one and a half times its keep-alive, [MQTT-3.1.2-22]. */
  checkKeepAlive(now: number): void {
    const keepAliveMs = this.session?.keepAliveMs ?? 0;
    if (this.state !== "connected" || keepAliveMs === 0 || this.heldByUs) return;
    if (now - this.#lastSeenAt <= keepAliveMs * 1.5) return;
    const text = `Nothing was heard for one and a half times the keep-alive of ${keepAliveMs / 1_000} s.`;
    disconnect(this, 0x8d, { text, ending: { reason: "keep-alive timeout", will: "publish" } });
  }

  /** Ends the connection's part in its session, if there is one, exactly once. */
  finish(ending: Ending): void {
    const { session } = this;
    if (session === undefined || this.state !== "connected") return;
    this.state = "closing";
    endSession(this, session, ending);
  }

  /** Sends the last packet, if there is one, and closes. */
  leave(packet: Buffer | undefined): void {
    if (this.state === "closed") return;
    this.state = "closing";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), lingerMs);
    this.#timer.unref();
    if (packet === undefined || packet.length === 0) this.#socket.end();
    else this.#socket.end(packet);
    this.#socket.resume();
  }

  #connectTimeout(): void {
    if (this.state === "connected") return;
    const { connectTimeoutMs } = this.gateway.bounds;
    refuseConnect(this, connectTimeoutRefusal(this.state, connectTimeoutMs), undefined);
  }

  #closed(): void {
    clearTimeout(this.#timer);
    if (this.state === "waiting" && this.facts.tlsVersion !== null) this.record(silentRefusal);
    this.finish({ reason: "connection lost", will: "publish" });
    this.state = "closed";
    this.#countUnsent();
  }
}
