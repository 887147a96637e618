/**
 * PUBLISH of a device that has its certificate renewed, `up/certificate/csr` of the device contract.
 * It is no message: it passes no pipeline and is in no ledger. It is acknowledged, in its turn, once
 * the certificate is recorded and the answer is on its way.
 */
import { encode } from "#server/gateway/mqtt/codec.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import { deliverDownlink } from "#server/gateway/mqtt/downlink.ts";
import { hold } from "#server/gateway/mqtt/hold.ts";
import type { ReadPublish } from "#server/gateway/mqtt/packets/read-publish.ts";
import { reasonCode } from "#server/gateway/mqtt/reason.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { answerInTurn } from "#server/gateway/mqtt/settle.ts";
import type { DevicePrincipal } from "#server/gateway/identify/principal.ts";
import { readRenewalRequest } from "#server/gateway/renew/read-renewal-request.ts";
import {
  acknowledgementOf,
  recordOf,
  refusedRenewal,
  unavailableRenewal,
  type RenewalRefused,
} from "#server/gateway/renew/renewal-refusal.ts";
import { renewalTopic } from "#server/domain/renewal-topics.ts";
import type { RenewedCertificate } from "#server/services/certificate/answer-renewal.ts";
import { ServiceError } from "#server/services/errors.ts";

type Seat = {
  readonly connection: Connection;
  readonly session: Session;
  readonly principal: DevicePrincipal;
};

type Packet = Pick<ReadPublish, "qos" | "packetId" | "payload">;

type Outcome =
  | { readonly issued: RenewedCertificate; readonly refused?: undefined }
  | { readonly refused: RenewalRefused; readonly issued?: undefined };

/** @returns false when no further packet may be handled now */
export function handleRenewal(seat: Seat, packet: Packet): boolean {
  const { connection } = seat;
  // The bytes are in the reader's buffer, which goes on while the request waits for its turn.
  const payload = Buffer.from(packet.payload);
  // Packets are answered in order: what follows waits until this one is.
  connection.hold(hold.store);
  connection.gateway.background.run("renewal.not_answered", async () => {
    try {
      const outcome = await outcomeOf(seat, payload);
      if (!connection.isOver) answer(seat, packet, outcome);
    } finally {
      connection.release(hold.store);
    }
  });
  return true;
}

async function outcomeOf(seat: Seat, payload: Buffer): Promise<Outcome> {
  const { connection, principal } = seat;
  const { deviceId } = principal.device;
  if (!connection.gateway.renewals.takeKey(deviceId)) return { refused: tooMany(deviceId) };
  const read = readRenewalRequest(payload);
  if (read.problem !== undefined) {
    return { refused: { code: "bad-request", message: read.problem, remedy: howTo } };
  }
  try {
    return await ask(seat, read);
  } catch (error) {
    if (error instanceof ServiceError) return { refused: refusedRenewal(error) };
    connection.gateway.log.warn({ event: "renewal.unavailable", err: error, deviceId });
    return { refused: unavailableRenewal };
  }
}

const howTo =
  'Send the signing request as PEM, as DER, or as JSON {"csr": "-----BEGIN CERTIFICATE REQUEST-----…"}.';

function tooMany(deviceId: string): RenewalRefused {
  return {
    code: "rate",
    message: `${deviceId} asks for certificates too often.`,
    remedy: "Let the device wait before it asks again.",
    retryAfterSeconds: 60,
  };
}

/**
 * The certificate that the connection was made with is the one that is followed. A session that was
 * opened by a password, a token or a pre-shared key proves no certificate: it needs a ticket.
 */
async function ask(
  { connection, session, principal }: Seat,
  { csrPem, ticket }: { readonly csrPem: string; readonly ticket: string },
): Promise<Outcome> {
  const { renewal } = connection.gateway;
  const { device } = principal;
  const { remote } = connection.facts;
  const { credential } = session;
  if (credential.kind === "certificate") {
    const { sha256 } = credential;
    return { issued: await renewal.renew(device, { csrPem, sha256, remote }) };
  }
  if (ticket !== "")
    return { issued: await renewal.redeem(device, { csrPem, code: ticket, remote }) };
  return {
    refused: {
      code: "certificate-required",
      message: `The connection of ${device.deviceId} was not made with a certificate.`,
      remedy: `Connect with the certificate that is to be renewed, or issue one on the page of ${device.deviceId}.`,
    },
  };
}

function answer(seat: Seat, packet: Packet, outcome: Outcome): void {
  const { connection, session, principal } = seat;
  const { refused, issued } = outcome;
  if (refused !== undefined) connection.record(recordOf(refused));
  const { deviceId } = principal.device;
  const topic = renewalTopic(deviceId, refused === undefined ? "issued" : "refused");
  const payload = Buffer.from(JSON.stringify(issued === undefined ? refused : bodyOf(issued)));
  const heard = deliverDownlink(connection, session, { topic, payload, qos: 1 }) === "queued";
  acknowledge(seat, packet, fateOf({ refused, heard, topic }));
}

function bodyOf(issued: RenewedCertificate): object {
  const { certificateId, certificatePem, chainPem, caPem, notAfter } = issued;
  return { id: certificateId, certificate: certificatePem, chain: chainPem, ca: caPem, notAfter };
}

type Fate = { readonly code: number; readonly text: string };

function fateOf(of: {
  readonly refused: RenewalRefused | undefined;
  readonly heard: boolean;
  readonly topic: string;
}): Fate {
  if (of.refused !== undefined) {
    return {
      code: acknowledgementOf(of.refused),
      text: `${of.refused.message} ${of.refused.remedy}`,
    };
  }
  if (of.heard) return { code: reasonCode.success, text: "" };
  const text = `The certificate was issued and nobody heard it: subscribe to ${of.topic} and send the same request again.`;
  return { code: reasonCode.noMatchingSubscribers, text };
}

/** §3.4 and §3.5; MQTT 3.1.1 has no word for a refusal, which the answer tells. */
function acknowledge({ connection, session }: Seat, { qos, packetId }: Packet, fate: Fate): void {
  if (qos === 0) return;
  const code = session.version === 5 ? fate.code : reasonCode.success;
  if (qos === 2 && code < 0x80) {
    session.inbound.ids.set(packetId, "received");
    session.inbound.open += 1;
  }
  const text = session.version === 5 && session.wantsProblems ? fate.text.slice(0, 500) : "";
  const packet = encode(
    {
      cmd: qos === 1 ? "puback" : "pubrec",
      messageId: packetId,
      reasonCode: code,
      ...(text === "" ? {} : { properties: { reasonString: text } }),
    },
    session.version,
    session.maximumPacketSize,
  );
  answerInTurn(connection, session, packet);
}
