import type { EnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { plainText, type Answer } from "#server/gateway/https/answer.ts";
import type { DeviceRequest } from "#server/gateway/https/device-request.ts";
import {
  authenticate,
  type AuthenticateParts,
  type EstCaller,
} from "#server/gateway/https/est/authenticate.ts";
import { csrAttributes } from "#server/gateway/https/est/csr-attributes.ts";
import { certificateAnswer, enrolByEst } from "#server/gateway/https/est/enrol.ts";
import { readBasic } from "#server/gateway/https/est/read-basic.ts";
import { readEstPath, type EstPath } from "#server/gateway/https/est/path.ts";
import { longestBody, readCsr } from "#server/gateway/https/est/read-csr.ts";
import { EstRefused, refusedByService, refusedRenewal } from "#server/gateway/https/est/refused.ts";
import type { DeviceRoute } from "#server/gateway/https/serve.ts";
import { claimedIdOf } from "#server/gateway/identify/identify.ts";
import type { RenewalPort, RenewalRequest } from "#server/gateway/renew/renewal-port.ts";
import type { RefusalRecorder } from "#server/gateway/refusal.ts";
import { certsOnly } from "#server/pki/certs-only.ts";
import { readSigningRequest } from "#server/pki/read-signing-request.ts";
import { ServiceError } from "#server/services/errors.ts";

export type EstParts = AuthenticateParts & {
  readonly port: Pick<EnrolmentPort, "secret" | "authorities" | "enrol">;
  /** Issues the certificates that follow others. */
  readonly renewal: RenewalPort;
  readonly refusals: RefusalRecorder;
  /** Issuing CA and root, PEM. */
  readonly authorities: () => string;
};

/** Enrolment over Secure Transport: RFC 7030 as RFC 8951 clarifies it. */
export function createEstRoute(parts: EstParts): DeviceRoute {
  return async (request) => {
    const path = readEstPath(request.path);
    if (path === undefined) return undefined;
    const isEnrolment = path.operation === "simpleenroll" || path.operation === "simplereenroll";
    const allowed = isEnrolment ? ["POST"] : ["GET", "HEAD"];
    if (!allowed.includes(request.method)) {
      const allow = allowed.join(", ");
      return plainText(405, `This address takes ${allow}.`, { allow });
    }
    if (path.operation === "cacerts") return certificatesOf(parts.authorities());
    if (path.operation === "csrattrs") return attributes();
    return answerEnrolment(parts, request, path);
  };
}

function certificatesOf(bundle: string): Answer {
  return {
    status: 200,
    headers: {
      "content-type": "application/pkcs7-mime",
      "content-transfer-encoding": "base64",
    },
    body: certsOnly(bundle),
  };
}

function attributes(): Answer {
  return {
    status: 200,
    headers: { "content-type": "application/csrattrs", "content-transfer-encoding": "base64" },
    body: csrAttributes,
  };
}

async function answerEnrolment(
  parts: EstParts,
  request: DeviceRequest,
  path: EstPath,
): Promise<Answer> {
  const { certificate, headers, remote } = request;
  const claimed = { id: claimedIdOf(certificate) || readBasic(headers.authorization)?.userName };
  try {
    const caller = await authenticate(parts, request);
    const csrPem = await readRequest(request);
    if (certificate.kind === "no-certificate") {
      claimed.id = readSigningRequest(csrPem)?.holder.commonName || claimed.id;
    }
    return await answerCaller(parts, caller, { csrPem, path, remote });
  } catch (error) {
    const refused = error instanceof ServiceError ? refusedByService(error, undefined) : error;
    if (!(refused instanceof EstRefused)) throw error;
    return answerRefused(parts, { request, refused, claimedId: claimed.id ?? "" });
  }
}

/** Records the refusal and tells it, RFC 7030 §4.2.3. */
function answerRefused(
  { refusals }: EstParts,
  at: {
    readonly request: DeviceRequest;
    readonly refused: EstRefused;
    readonly claimedId: string;
  },
): Answer {
  const { certificate, remote } = at.request;
  const { refusal, concerned, status, headers } = at.refused;
  refusals.record(
    {
      claimedId: at.claimedId,
      tenantId: concerned?.tenantId ?? null,
      deviceKey: concerned?.deviceKey ?? null,
      sha256: certificate.kind === "certificate" ? certificate.sha256 : "",
      remote,
      transport: "https",
    },
    refusal,
  );
  return plainText(status, `${refusal.detail} ${refusal.remedy}`.trim(), headers);
}

type Asked = { readonly csrPem: string; readonly path: EstPath; readonly remote: string };

/** @throws EstRefused */
async function answerCaller(
  parts: EstParts,
  caller: EstCaller,
  { csrPem, path, remote }: Asked,
): Promise<Answer> {
  // A device that enrols again with a good certificate re-enrols, RFC 7030 §4.2.1.
  if (caller.kind !== "credential" && caller.kind !== "customer") {
    const device = caller.kind === "ticket" ? caller.ticket : caller.record.device;
    try {
      const renewed = await renew(parts.renewal, caller, { csrPem, remote });
      return certificateAnswer(renewed.certificatePem);
    } catch (error) {
      throw error instanceof ServiceError ? refusedRenewal(error, device) : error;
    }
  }
  if (path.operation === "simpleenroll") {
    return enrolByEst(parts.port, caller, { csrPem, label: path.label, remote });
  }
  throw new EstRefused(403, {
    cause: "enrolment-refused",
    detail: "Only a device with a certificate that counts here can have it renewed.",
    remedy:
      "Connect with the device's current certificate (curl: --cert and --key), or enrol it anew by simpleenroll.",
  });
}

type Renewing = Extract<EstCaller, { readonly kind: "device" | "expired" | "ticket" }>;

function renew(port: RenewalPort, caller: Renewing, asked: RenewalRequest) {
  switch (caller.kind) {
    case "device":
      return port.renew(caller.record.device, { ...asked, sha256: caller.record.sha256 });
    case "expired":
      return port.renewExpired(caller.record.device, { ...asked, sha256: caller.record.sha256 });
    case "ticket":
      return port.redeem(caller.ticket, { ...asked, code: caller.code });
  }
}

/** @throws EstRefused 400 or 415; BodyTooLarge, BodyBroken */
async function readRequest(request: DeviceRequest): Promise<string> {
  const [type = ""] = (request.headers["content-type"] ?? "").toLowerCase().split(";", 1);
  if (type.trim() !== "application/pkcs10") {
    throw new EstRefused(415, {
      cause: "malformed",
      detail: "The content type of an enrolment request is application/pkcs10.",
      remedy: 'Set it (curl: --header "Content-Type: application/pkcs10").',
    });
  }
  const { csrPem, problem } = readCsr(await request.body(longestBody));
  if (csrPem !== undefined) return csrPem;
  throw new EstRefused(400, {
    cause: "malformed",
    detail: problem,
    remedy: "Correct the device's EST client.",
  });
}
