/**
 * AWS IoT fleet provisioning by claim: `$aws/certificates/create-from-csr/json` (or `/cbor`) brings the
 * certificate and a token, `$aws/provisioning-templates/{template}/provision/json` takes the token and
 * names the thing. A certificate here names its device, so the device must be known in the first step
 * already: by the request's common name, else by its serialNumber, else by the MQTT client id.
 */
import { Encoder } from "cbor-x/index-no-eval";
import {
  unreadable,
  type Asked,
  type Caller,
  type Dialect,
  type EnrolmentDoor,
  type EnrolmentRefused,
  type Evidence,
  type Reply,
  type TopicOwner,
} from "#server/gateway/enrol/dialect.ts";
import { isObject, readObject, readParameters, textOf } from "#server/gateway/enrol/read-body.ts";
import { refusalStatuses } from "#server/gateway/enrol/statuses.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import { decodeCbor } from "#server/schema/decode-cbor.ts";
import type { EnrolmentAnswer } from "#server/services/enrolment/answer.ts";

const certificates = "$aws/certificates/create-from-csr";
const templates = "$aws/provisioning-templates";

type Enrolled = Extract<EnrolmentAnswer, { readonly state: "enrolled" }>;
type Format = "json" | "cbor";
const formats: readonly Format[] = ["json", "cbor"];

export const awsDialect: Dialect = {
  answers: (owner) =>
    [certificates, ...names(owner).map(provisioning)].flatMap((topic) =>
      formats.flatMap((format) => [`${topic}/${format}/accepted`, `${topic}/${format}/rejected`]),
    ),
  asks: ({ publicId }) => `${certificates}/json and ${provisioning(publicId)}/json`,
  door: (owner, topic) => {
    for (const format of formats) {
      if (topic === `${certificates}/${format}`) return certificateDoor({ topic, format });
      const isOurs = names(owner).some((name) => topic === `${provisioning(name)}/${format}`);
      if (isOurs) return provisionDoor({ topic, format });
    }
    return undefined;
  },
};

/** A template is called by the group's id or by its name. */
function names({ publicId, groupName }: TopicOwner): readonly string[] {
  return /[/+#]/.test(groupName) ? [publicId] : [publicId, groupName];
}

function provisioning(template: string): string {
  return `${templates}/${template}/provision`;
}

/** Where it was asked, and in which form. */
type Place = { readonly topic: string; readonly format: Format };

function certificateDoor(place: Place): EnrolmentDoor {
  return (payload, caller) => {
    const read = readRequest(readBody(payload, place.format), caller);
    if ("state" in read) return { kind: "refused", refused: read, reply: rejected(place, read) };
    return {
      kind: "enrol",
      inTwoSteps: true,
      evidence: read,
      reply: (answer, token) =>
        answer.state === "enrolled"
          ? accepted(place, certificateBody(answer, token))
          : rejected(place, answer),
    };
  };
}

function readRequest(
  body: Readonly<Record<string, unknown>> | undefined,
  { clientId }: Caller,
): Evidence | EnrolmentRefused {
  const csrPem = body?.["certificateSigningRequest"];
  const subject = typeof csrPem === "string" ? readSigningRequest(csrPem)?.holder : undefined;
  if (typeof csrPem !== "string" || subject === undefined) {
    return unreadable(
      "csr-refused",
      "The message has no certificateSigningRequest in PEM.",
      'Send {"certificateSigningRequest": "-----BEGIN CERTIFICATE REQUEST-----…"}.',
    );
  }
  const { commonName, organisation, serialNumber } = subject;
  return {
    registrationId: [commonName, serialNumber, clientId].find((name) => name !== "") ?? "",
    serial: serialNumber,
    subject: { commonName, organisation },
    parameters: {},
    ask: { kind: "csr", csrPem },
  };
}

/** `certificateId` is AWS's: the fingerprint of the certificate. */
function certificateBody({ certificate }: Enrolled, token: string): object {
  return {
    certificateId: certificate?.sha256 ?? "",
    certificatePem: certificate?.certificatePem ?? "",
    certificateOwnershipToken: token,
  };
}

function provisionDoor(place: Place): EnrolmentDoor {
  return (payload): Asked => {
    const body = readBody(payload, place.format);
    const token = textOf(body?.["certificateOwnershipToken"]);
    if (token === "" || readParameters(body?.["parameters"]) === undefined) {
      return { kind: "refused", refused: noToken, reply: rejected(place, noToken) };
    }
    return {
      kind: "redeem",
      token,
      reply: (deviceId) =>
        deviceId === undefined
          ? rejected(place, unknownToken)
          : accepted(place, { deviceConfiguration: {}, thingName: deviceId }),
    };
  };
}

const noToken = unreadable(
  "credential-unknown",
  "The message has no certificateOwnershipToken, or parameters that are not short texts.",
  'Send {"certificateOwnershipToken": "…", "parameters": {"SerialNumber": "…"}} with the token of the first step.',
);

/** The second step brought a token that counts no more, or never did. */
const unknownToken = unreadable(
  "credential-unknown",
  "The certificateOwnershipToken is unknown, of another group, or older than an hour.",
  `Ask for the certificate again on ${certificates}/json; the same request is answered with the same certificate.`,
);

function accepted({ topic, format }: Place, body: object): Reply {
  return { topic: `${topic}/accepted`, payload: write(body, format) };
}

/** AWS has no word for an answer that is none yet: it is told as a rejection with the status 202. */
function rejected({ topic, format }: Place, answer: Exclude<EnrolmentAnswer, Enrolled>): Reply {
  return { topic: `${topic}/rejected`, payload: write(errorOf(answer), format) };
}

function errorOf(answer: Exclude<EnrolmentAnswer, Enrolled>): object {
  if (answer.state === "pending") {
    return {
      statusCode: 202,
      errorCode: "ApprovalPending",
      errorMessage: `Somebody has to approve this device. Ask again in ${answer.retryAfterSeconds} seconds.`,
    };
  }
  return {
    statusCode: refusalStatuses[answer.reason],
    errorCode: codeOf(answer.reason),
    errorMessage: `${answer.detail} ${answer.remedy}`,
  };
}

/** "csr-refused" as AWS writes codes: "CsrRefused". */
function codeOf(reason: string): string {
  return reason.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function readBody(payload: Buffer, format: Format): Readonly<Record<string, unknown>> | undefined {
  if (format === "json") return readObject(payload.toString("utf8"));
  const read = decodeCbor(payload);
  return read.ok && isObject(read.value) ? read.value : undefined;
}

let encoder: Encoder | undefined;

function write(value: object, format: Format): Buffer {
  if (format === "json") return Buffer.from(JSON.stringify(value));
  encoder ??= new Encoder({ useRecords: false });
  return encoder.encode(value);
}
