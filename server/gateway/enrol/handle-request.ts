/**
 * PUBLISH of somebody who enrols a device. It is no message: it passes no pipeline and is in no
 * ledger. It is acknowledged once it is decided and the reply is on its way, on this connection alone.
 */
import { tenantOf, type EnrolmentPrincipal } from "#server/gateway/identify/principal.ts";
import { enrolmentRefusal } from "#server/gateway/enrolment-words.ts";
import type {
  Asked,
  Caller,
  EnrolmentDoor,
  EnrolmentRefused,
  Reply,
} from "#server/gateway/enrol/dialect.ts";
import { mostRequests, type EnrolmentTurn } from "#server/gateway/enrol/turn.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { deliverDownlink } from "#server/gateway/mqtt/downlink.ts";
import { disconnect, reasonText, refuse } from "#server/gateway/mqtt/ending.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import type { ReadPublish } from "#server/gateway/mqtt/packets/read-publish.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import type { EnrolmentAnswer } from "#server/services/enrolment/answer.ts";

type Seat = {
  readonly connection: Connection;
  readonly session: Session;
  readonly principal: EnrolmentPrincipal;
  readonly turn: EnrolmentTurn;
};

/** @returns false when no further packet may be handled now */
export function handleEnrolment(
  seat: Seat,
  packet: Pick<ReadPublish, "qos" | "packetId" | "payload">,
  door: EnrolmentDoor,
): boolean {
  const { connection, turn } = seat;
  turn.left -= 1;
  if (turn.left < 0) {
    refuse(connection, {
      cause: "quota",
      detail: `A connection that enrols a device may ask ${mostRequests} times.`,
      remedy: "Let the device wait as long as it is told, and connect again.",
    });
    return false;
  }
  const asked = door(packet.payload, callerOf(seat));
  // Packets are answered in order: what follows waits until this one is.
  connection.hold(hold.store);
  connection.gateway.background.run("enrolment.failed", () =>
    answer(seat, packet, asked)
      .catch((error: unknown) => unavailable(seat, error))
      .finally(() => connection.release(hold.store)),
  );
  return true;
}

function callerOf({ connection, session, principal, turn }: Seat): Caller {
  const { by, group } = principal;
  return {
    clientId: session.clientId,
    publicId: group.publicId,
    groupName: group.name,
    registration: by.kind === "registration" ? { id: by.registrationId, key: by.key } : undefined,
    before: turn.before,
    hub: connection.facts.serverName,
    now: new Date(connection.gateway.now()),
  };
}

async function answer(
  seat: Seat,
  packet: Pick<ReadPublish, "qos" | "packetId">,
  asked: Asked,
): Promise<void> {
  const reply = await replyTo(seat, asked);
  const { connection } = seat;
  if (connection.isOver) return;
  send(seat, reply);
  acknowledge(seat, packet);
}

async function replyTo(seat: Seat, asked: Asked): Promise<Reply> {
  switch (asked.kind) {
    case "refused":
      record(seat, asked.refused);
      return asked.reply;
    case "enrol":
      return enrol(seat, asked);
    case "redeem": {
      const { group } = seat.principal;
      const { enrolment } = seat.connection.gateway;
      return asked.reply(await enrolment.redeemOwnership(group, asked.token));
    }
  }
}

async function enrol(
  seat: Seat,
  { evidence, inTwoSteps, reply }: Extract<Asked, { readonly kind: "enrol" }>,
): Promise<Reply> {
  const { connection, principal, turn } = seat;
  const { enrolment } = connection.gateway;
  const { transport, remote } = connection.facts;
  const { group, by } = principal;
  turn.before = evidence.parameters;
  const answered = await enrolment.enrol(group, {
    ...evidence,
    ...(by.kind === "claim" ? { credential: by.credential } : {}),
    transport,
    remote,
  });
  if (answered.state !== "enrolled") record(seat, answered, evidence.registrationId);
  const token =
    inTwoSteps && answered.state === "enrolled"
      ? await enrolment.giveOwnership(group, answered.requestId)
      : "";
  return reply(answered, token);
}

/** It stands under the refused connections as well, where people look who miss a device. */
function record(
  { connection }: Seat,
  answered: Extract<EnrolmentAnswer, { readonly state: "pending" }> | EnrolmentRefused,
  registrationId = connection.claimedId,
): void {
  connection.record(enrolmentRefusal(answered, quoted(registrationId)));
}

function send({ connection, session, principal }: Seat, { topic, payload }: Reply): void {
  const outcome = deliverDownlink(connection, session, { topic, payload, qos: 1 });
  if (outcome === "queued") return;
  connection.gateway.log.info({
    event: "enrolment.reply_not_subscribed",
    topic,
    clientId: session.clientId,
    tenantId: tenantOf(principal),
  });
}

/** §3.4 and §3.5: what was asked is decided. */
function acknowledge(
  { connection, session }: Seat,
  { qos, packetId }: Pick<ReadPublish, "qos" | "packetId">,
): void {
  if (qos === 0) return;
  if (qos === 2) {
    session.inbound.ids.set(packetId, "received");
    session.inbound.open += 1;
  }
  connection.send({
    cmd: qos === 1 ? "puback" : "pubrec",
    messageId: packetId,
    reasonCode: 0,
  });
}

/** Nothing was decided, so nothing is acknowledged: the client connects again and asks the same. */
function unavailable({ connection, session }: Seat, error: unknown): void {
  connection.gateway.log.warn({
    event: "enrolment.unavailable",
    err: error,
    clientId: session.clientId,
  });
  const refusal: Refusal = {
    cause: "unavailable",
    detail: "Nobody can be enrolled at the moment.",
    remedy: "Let the client try again; if it lasts, look at the database.",
  };
  connection.record(refusal);
  // §3.14.2.1 has no "server unavailable" for a connection that is open.
  disconnect(connection, reasonCode.serverBusy, {
    text: reasonText(refusal),
    ending: { reason: refusal.detail, will: "discard" },
  });
}
