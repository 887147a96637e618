/**
 * Azure's Device Provisioning Service: `$dps/registrations/PUT/iotdps-register/?$rid={n}` asks,
 * `$dps/registrations/GET/iotdps-get-operationstatus/?$rid={n}&operationId={id}` asks again, and answers
 * come on `$dps/registrations/res/{status}/?$rid={n}`. What can be decided at once is answered with 200;
 * 202 with `retry-after` says that somebody has to approve the device first.
 */
import {
  unreadable,
  type Asked,
  type Caller,
  type Dialect,
  type EnrolmentDoor,
  type EnrolmentRefused,
  type Reply,
} from "#server/gateway/enrol/dialect.ts";
import { isObject, readObject, readParameters, textOf } from "#server/gateway/enrol/read-body.ts";
import { refusalStatuses } from "#server/gateway/enrol/statuses.ts";
import type { EnrolmentAnswer } from "#server/services/enrolment/answer.ts";

const registrations = "$dps/registrations";
const register = `${registrations}/PUT/iotdps-register/?`;
const status = `${registrations}/GET/iotdps-get-operationstatus/?`;

export const dpsDialect: Dialect = {
  answers: () => [`${registrations}/res/#`],
  asks: () => `${register}$rid={number}`,
  door: (_, topic) => {
    if (topic.startsWith(register)) return doorFor(topic.slice(register.length), true);
    if (topic.startsWith(status)) return doorFor(topic.slice(status.length), false);
    return undefined;
  },
};

/** @param hasBody whether the device says there what it is; to ask again says nothing new */
function doorFor(query: string, hasBody: boolean): EnrolmentDoor | undefined {
  const rid = /(?:^|&)\$rid=([A-Za-z0-9-]{1,64})(?:&|$)/.exec(query)?.[1];
  if (rid === undefined) return undefined;
  return (payload, caller) => ask(payload, caller, { rid, hasBody });
}

type Place = { readonly rid: string; readonly hasBody: boolean };

function ask(payload: Buffer, caller: Caller, { rid, hasBody }: Place): Asked {
  const { registration } = caller;
  const refused =
    registration === undefined ? noRegistration : bodyProblem(payload, caller, hasBody);
  if (refused !== undefined || registration === undefined) {
    const problem = refused ?? noRegistration;
    return { kind: "refused", refused: problem, reply: replyTo(caller, rid, problem) };
  }
  return {
    kind: "enrol",
    inTwoSteps: false,
    evidence: {
      registrationId: registration.id,
      serial: "",
      subject: { commonName: "", organisation: "" },
      parameters: hasBody ? (parametersOf(payload) ?? {}) : caller.before,
      ask: { kind: "sas", key: registration.key },
    },
    reply: (answer) => replyTo(caller, rid, answer),
  };
}

const noRegistration = unreadable(
  "credential-unknown",
  "A claim certificate does not register by symmetric key.",
  "Connect with the user name {idScope}/registrations/{registrationId}/api-version=… and a SAS token.",
);

function bodyProblem(
  payload: Buffer,
  { registration }: Caller,
  hasBody: boolean,
): EnrolmentRefused | undefined {
  if (!hasBody) return undefined;
  const body = readObject(payload.toString("utf8"));
  const remedy = `Send {"registrationId": "${registration?.id ?? ""}"}, and in payload names with short texts, if any.`;
  if (body === undefined || parametersOf(payload) === undefined) {
    return unreadable(
      "bad-registration-id",
      "The message is no JSON object with a registrationId and a payload of short texts.",
      remedy,
    );
  }
  const named = textOf(body["registrationId"]);
  if (named === "" || named === registration?.id) return undefined;
  return unreadable(
    "bad-registration-id",
    "The message registers another device than the one that connected.",
    remedy,
  );
}

/** Azure's custom payload: here parameters of the group's rules. */
function parametersOf(payload: Buffer): Readonly<Record<string, string>> | undefined {
  const given = readObject(payload.toString("utf8"))?.["payload"];
  return given === undefined || given === null || isObject(given)
    ? readParameters(given)
    : undefined;
}

function replyTo(caller: Caller, rid: string, answer: EnrolmentAnswer): Reply {
  const { code, more, body } = said(caller, answer);
  return {
    topic: `${registrations}/res/${code}/?$rid=${rid}${more}`,
    payload: asciiJson(body),
  };
}

/** Azure's SDKs read the text as ASCII, and break on anything else: JSON can say all in that. */
function asciiJson(body: object): Buffer {
  const text = JSON.stringify(body).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return Buffer.from(text, "latin1");
}

function said(caller: Caller, answer: EnrolmentAnswer) {
  switch (answer.state) {
    case "enrolled":
      return { code: 200, more: "", body: assigned(caller, answer) };
    case "pending":
      return {
        code: 202,
        more: `&retry-after=${answer.retryAfterSeconds}`,
        body: { operationId: answer.requestId, status: "assigning" },
      };
    case "refused": {
      const code = refusalStatuses[answer.reason];
      return {
        code,
        more: code === 503 ? "&retry-after=10" : "",
        body: {
          // Azure's have six digits, beginning with the status.
          errorCode: code * 1_000,
          trackingId: answer.reason,
          message: `${answer.detail} ${answer.remedy}`,
          timestampUtc: caller.now.toISOString(),
        },
      };
    }
  }
}

function assigned(
  { hub, now, registration }: Caller,
  { requestId, device }: Extract<EnrolmentAnswer, { readonly state: "enrolled" }>,
): object {
  const at = now.toISOString();
  return {
    operationId: requestId,
    status: "assigned",
    registrationState: {
      registrationId: registration?.id ?? "",
      deviceId: device.deviceId,
      assignedHub: hub,
      status: "assigned",
      substatus: "initialAssignment",
      createdDateTimeUtc: at,
      lastUpdatedDateTimeUtc: at,
      etag: requestId,
    },
  };
}
