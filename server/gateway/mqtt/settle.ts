/**
 * What a client is told of its publications once their fate is decided and durable, in the order in
 * which they came [MQTT-4.6.0-2] [MQTT-4.6.0-3].
 */
import { encode } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { sendError } from "#server/gateway/mqtt/downlink.ts";
import { refuse } from "#server/gateway/mqtt/ending.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import { acknowledgementCodeOf, reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Refusal } from "#server/gateway/refusal.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { endTakenOver } from "#server/gateway/mqtt/take-over.ts";
import type { AcceptedMessage, Settlement } from "#server/pipeline/message.ts";

/** Type, flags and length of a four-byte acknowledgement, above its packet identifier. */
const pubackHeader = 0x4002_0000;
const pubrecHeader = 0x5002_0000;

type Fate = { readonly code: number; readonly text: string };

/** Acknowledges a publication; keeps to the order when one before it waits for the store. */
export function settlePublication(
  connection: Connection,
  session: Session,
  message: AcceptedMessage,
  settlement: Settlement,
): void {
  const { deferred } = session.inbound;
  if (deferred !== undefined) {
    deferred.push(() => settleNow(connection, session, message, settlement));
  } else settleNow(connection, session, message, settlement);
}

function settleNow(
  connection: Connection,
  session: Session,
  message: AcceptedMessage,
  settlement: Settlement,
): void {
  if (connection.isOver) return;
  if (settlement.outcome === "duplicate" && settlement.superseded === true) {
    // It is not stored, so it must not be acknowledged.
    endTakenOver(connection, "elsewhere");
    return;
  }
  recordRefusal(connection, session, settlement);
  if (connection.isOver) return;
  const { packetId } = message;
  if (packetId !== 0) tell(connection, session, message, settlement);
  if (isTold(settlement) && (session.version === 4 || packetId === 0)) {
    sendError(connection, session, message, settlement);
  }
}

/** Whether the device has done something wrong that a reason code may not have told it. */
function isTold(
  settlement: Settlement,
): settlement is Extract<Settlement, { outcome: "dead_lettered" }> {
  return settlement.outcome === "dead_lettered" && settlement.quarantined !== true;
}

/** What was kept as a dead letter is acknowledged in 3.1.1, which has no word for it. */
function tell(
  connection: Connection,
  session: Session,
  message: AcceptedMessage,
  settlement: Settlement,
): void {
  const { packetId, claimedBy } = message;
  const fate = session.version === 5 ? fateOf(settlement) : { code: 0, text: "" };
  const isExactlyOnce = qosOf(message) === 2;
  if (isExactlyOnce && fate.code >= 0x80 && claimedBy !== undefined) {
    giveBack(connection, session, { packetId, fate });
  } else answer(connection, session, { packetId, fate, isExactlyOnce });
}

function recordRefusal(connection: Connection, { version }: Session, settlement: Settlement): void {
  const refusal = refusalOf(settlement);
  if (refusal === undefined) return;
  // It is stored nowhere, and 3.1.1 has no word for that but the end of the connection.
  if (settlement.outcome === "rejected" && version === 4) refuse(connection, refusal);
  else connection.record(refusal);
}

/** What the record of refusals does not have from elsewhere; dead letters have their own page. */
function refusalOf(settlement: Settlement): Refusal | undefined {
  if (settlement.outcome === "rejected") {
    return {
      cause: "internal",
      detail: `A message could not be stored and was not passed on: ${settlement.detail}`,
      remedy: "Send it otherwise, or report it with the server's log of this time.",
    };
  }
  if (settlement.outcome !== "stored" || settlement.notRetained !== true) return undefined;
  return {
    cause: "quota",
    detail: storedOnly,
    remedy: "Clear retained messages on the device's page, or publish without the retain flag.",
  };
}

const storedOnly = "Stored and passed on, but not retained: too many topics are retained already.";

function qosOf(message: AcceptedMessage): number {
  return message.device === undefined ? message.publication.qos : message.qos;
}

/** [MQTT-4.3.2-4]: 0x00 when it is stored (also by an earlier copy), else the reason. */
function fateOf(settlement: Settlement): Fate {
  switch (settlement.outcome) {
    case "duplicate":
    case "filtered":
      return { code: 0, text: "" };
    case "stored":
      return {
        // [MQTT-3.4.2-1]: told where it is known, of what service clients publish.
        code: settlement.matched === false ? reasonCode.noMatchingSubscribers : reasonCode.success,
        // No failure: a client would send again what is stored already.
        text: settlement.notRetained === true ? storedOnly : "",
      };
    case "dead_lettered":
      if (settlement.quarantined === true) return { code: 0, text: "" };
      return refusedFate(settlement);
    case "rejected":
      return refusedFate(settlement);
  }
}

function refusedFate(
  settlement: Extract<Settlement, { outcome: "dead_lettered" | "rejected" }>,
): Fate {
  return {
    code: acknowledgementCodeOf(settlement.reason),
    text: `${settlement.reason}: ${settlement.detail}`.slice(0, 500),
  };
}

/**
 * A QoS 2 publication that is refused: no PUBREL will come, so the packet identifier must be free in
 * the store before the client is told that it may use it again. What is settled later waits.
 */
function giveBack(
  connection: Connection,
  session: Session,
  { packetId, fate }: { readonly packetId: number; readonly fate: Fate },
): void {
  const waiting: (() => void)[] = [];
  session.inbound.deferred = waiting;
  connection.gateway.background.run("packet_id.not_given_back", async () => {
    await connection.gateway.store.forgetInbound(session.handle, packetId);
    session.inbound.deferred = undefined;
    if (connection.isOver) return;
    answer(connection, session, { packetId, fate, isExactlyOnce: true });
    while (session.inbound.deferred === undefined && waiting.length > 0) waiting.shift()?.();
    // One of them gives back an identifier as well: the rest waits behind it.
    (session.inbound.deferred as (() => void)[] | undefined)?.unshift(...waiting);
  });
}

type Answer = {
  readonly packetId: number;
  readonly fate: Fate;
  readonly isExactlyOnce: boolean;
};

function answer(connection: Connection, session: Session, of: Answer): void {
  const { inbound } = session;
  const { packetId, fate, isExactlyOnce } = of;
  inbound.settled += 1;
  // A QoS 2 publication stays open until PUBCOMP, unless it is refused [MQTT-3.3.4-7].
  if (!isExactlyOnce) inbound.open -= 1;
  else if (fate.code < 0x80) inbound.ids.set(packetId, "received");
  else {
    inbound.open -= 1;
    inbound.ids.delete(packetId);
  }
  // [MQTT-3.1.2-29]
  const text = session.wantsProblems ? fate.text : "";
  if (fate.code === 0 && text === "") {
    const header = isExactlyOnce ? pubrecHeader : pubackHeader;
    if (inbound.acknowledgements.push(header + packetId) === 1) {
      connection.gateway.acknowledger.add(connection);
    }
  } else {
    connection.send({
      cmd: isExactlyOnce ? "pubrec" : "puback",
      messageId: packetId,
      reasonCode: fate.code,
      // [MQTT-3.4.2-2]
      ...(text === "" ? {} : { properties: { reasonString: text } }),
    });
  }
  sendLateAnswers(connection, session);
  const { receiveMaximum } = session.limits.connection;
  if (inbound.waiting <= receiveMaximum / 2) connection.release(hold.window);
}

/** Answers whose turn has come: every publication before them is acknowledged. */
function sendLateAnswers(connection: Connection, { inbound }: Session): void {
  while (inbound.late[0]?.after === inbound.settled) {
    const late = inbound.late.shift();
    connection.flushAcknowledgements();
    if (late !== undefined) connection.write(late.packet);
  }
}

/** Answers a publication that never went to the pipeline, when its turn has come. */
export function answerInTurn(connection: Connection, { inbound }: Session, packet: Buffer): void {
  if (inbound.accepted === inbound.settled) {
    connection.flushAcknowledgements();
    connection.write(packet);
  } else inbound.late.push({ after: inbound.accepted, packet });
}

/** PUBREC for a publication that was received before [MQTT-4.3.3-10]. */
export function pubrecAgain(session: Session, packetId: number): Buffer {
  return encode({ cmd: "pubrec", messageId: packetId, reasonCode: 0 }, session.version);
}
