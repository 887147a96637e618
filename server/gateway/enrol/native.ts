/**
 * The product's own way: a signing request to `qs/v1/claim/{claimId}/up/csr`, as PEM or as JSON
 * `{"csr", "deviceId"?, "serial"?, "parameters"?}`; the certificate comes on `…/dn/issued`.
 */
import {
  unreadable,
  type Asked,
  type Caller,
  type Dialect,
  type EnrolmentRefused,
  type Evidence,
  type Reply,
  type TopicOwner,
} from "#server/gateway/enrol/dialect.ts";
import { readObject, readParameters, textOf } from "#server/gateway/enrol/read-body.ts";
import { longestCsr, readSigningRequest } from "#server/pki/read-signing-request.ts";
import type { EnrolmentAnswer } from "#server/services/enrolment/answer.ts";

function root({ publicId }: TopicOwner): string {
  return `qs/v1/claim/${publicId}/`;
}

export const nativeDialect: Dialect = {
  answers: (owner) => [`${root(owner)}dn/#`],
  asks: (owner) => `${root(owner)}up/csr`,
  door: (owner, topic) => (topic === `${root(owner)}up/csr` ? ask : undefined),
};

function ask(payload: Buffer, caller: Caller): Asked {
  const read = readRequest(payload, caller);
  if ("state" in read) return { kind: "refused", refused: read, reply: replyTo(caller, read) };
  return {
    kind: "enrol",
    inTwoSteps: false,
    evidence: read,
    reply: (answer) => replyTo(caller, answer),
  };
}

const howTo =
  'Send the request as PEM, or as JSON {"csr": "-----BEGIN CERTIFICATE REQUEST-----…", "deviceId": "…"}.';

type Body = {
  readonly csrPem: string;
  readonly deviceId: string;
  readonly serial: string;
  readonly parameters: Readonly<Record<string, string>>;
};

/** What the device is comes from `deviceId`, else from the request's common name, else from the client id. */
function readRequest(payload: Buffer, { clientId }: Caller): Evidence | EnrolmentRefused {
  const body = readPayload(payload.toString("utf8"));
  if ("state" in body) return body;
  const { csrPem, parameters } = body;
  const subject = readSigningRequest(csrPem)?.holder;
  if (subject === undefined) {
    return unreadable("csr-refused", "The csr is no certificate signing request in PEM.", howTo);
  }
  const { commonName, organisation, serialNumber } = subject;
  return {
    registrationId: [body.deviceId, commonName, clientId].find((name) => name !== "") ?? "",
    serial: body.serial === "" ? serialNumber : body.serial,
    subject: { commonName, organisation },
    parameters,
    ask: { kind: "csr", csrPem },
  };
}

function readPayload(text: string): Body | EnrolmentRefused {
  if (text.length > 2 * longestCsr) {
    return unreadable("csr-refused", "The message is longer than a request can be.", howTo);
  }
  if (text.trimStart().startsWith("-----BEGIN ")) {
    return { csrPem: text, deviceId: "", serial: "", parameters: {} };
  }
  const body = readObject(text);
  if (body === undefined || typeof body["csr"] !== "string") {
    return unreadable(
      "csr-refused",
      "The message is neither a request in PEM nor JSON with a csr.",
      howTo,
    );
  }
  const parameters = readParameters(body["parameters"]);
  if (parameters === undefined) {
    return unreadable(
      "csr-refused",
      "The parameters are not at most 32 names with short texts.",
      'Send parameters as {"name": "text"}.',
    );
  }
  const [deviceId, serial] = [textOf(body["deviceId"]), textOf(body["serial"])];
  return { csrPem: body["csr"], deviceId, serial, parameters };
}

function replyTo(caller: Caller, answer: EnrolmentAnswer): Reply {
  return {
    topic: `${root(caller)}dn/issued`,
    payload: Buffer.from(JSON.stringify(bodyOf(answer))),
  };
}

function bodyOf(answer: EnrolmentAnswer): object {
  switch (answer.state) {
    case "enrolled": {
      const { device, certificate } = answer;
      return {
        deviceId: device.deviceId,
        certificate: certificate?.certificatePem ?? "",
        chain: certificate?.chainPem ?? "",
        ca: certificate?.caPem ?? "",
      };
    }
    case "pending":
      return { pending: true, retryAfterSeconds: answer.retryAfterSeconds };
    case "refused": {
      const { reason, detail, remedy } = answer;
      return { error: { reason, detail, remedy } };
    }
  }
}
