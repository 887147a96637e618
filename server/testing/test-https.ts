import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import path from "node:path";
import { text } from "node:stream/consumers";
import { connect, type TLSSocket } from "node:tls";
import { pino } from "pino";
import type { EnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { defaultHttpsBounds, type HttpsBounds } from "#server/gateway/https/bounds.ts";
import { createEstRoute } from "#server/gateway/https/est/route.ts";
import { openHttpsPort } from "#server/gateway/https/open-https-port.ts";
import type { CertificateRecord, RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { Refusal, RefusedPeer } from "#server/gateway/refusal.ts";
import type { RenewalPort } from "#server/gateway/renew/renewal-port.ts";
import type { RenewedCertificate } from "#server/services/certificate/answer-renewal.ts";
import type { FoundTicket } from "#server/db/find-renewal-ticket.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { makeKeyAndRequest } from "#server/pki/keys.ts";
import { ServiceError } from "#server/services/errors.ts";
import type {
  EnrolmentAnswer,
  EnrolmentEvidence,
  FoundAuthority,
  FoundCredential,
} from "#server/services/enrolment/answer.ts";
import { serverTls } from "#server/testing/test-listeners.ts";
import { createTestSigner } from "#server/testing/test-signer.ts";

/** What a client sends. */
export type Sent = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Certificate and key of the client. */
  readonly tls?: { readonly cert: string; readonly key: string };
};

export type Received = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
};

/** The HTTPS port for devices on fakes of everything behind it. */
export async function startTestHttps(bounds: Partial<HttpsBounds> = {}) {
  const signer = await createTestSigner();
  const tls = await serverTls(signer);
  const tenantId = randomUUID();
  const certificates = new Map<string, CertificateRecord>();
  const secrets = new Map<string, FoundCredential>();
  const claims = new Map<string, FoundCredential>();
  const authorities: FoundAuthority[] = [];
  const asked: EnrolmentEvidence[] = [];
  const refused: (Refusal & { readonly peer: RefusedPeer })[] = [];
  const answering: { enrol: (evidence: EnrolmentEvidence) => Promise<EnrolmentAnswer> } = {
    enrol: () => Promise.reject(new Error("No answer was set.")),
  };
  const renewed = async (
    device: Pick<RegisteredDevice, "deviceId" | "id">,
    { csrPem }: { readonly csrPem: string },
  ): Promise<RenewedCertificate> => {
    const certificatePem = await sign(device, csrPem);
    const { sha256, notAfter } = describeCertificate(certificatePem);
    const common = { certificateId: randomUUID(), chainPem: "", caPem: "", repeated: false };
    return { ...common, certificatePem, sha256, notAfter: notAfter.toISOString() };
  };
  const tickets = new Map<string, FoundTicket>();
  const renewing: { -readonly [K in "renew" | "renewExpired" | "redeem"]: RenewalPort[K] } = {
    renew: renewed,
    renewExpired: renewed,
    redeem: renewed,
  };

  async function sign(device: Pick<RegisteredDevice, "deviceId" | "id">, csrPem: string) {
    const { deviceId, id: deviceUuid } = device;
    const made = { kind: "device", csrPem, deviceId, deviceUuid } as const;
    const signed = await signer.signer.sign({ ...made, organisation: "Harbour Works", days: 30 });
    return signed.certificatePem;
  }

  const port: Pick<EnrolmentPort, "secret" | "authorities" | "enrol"> = {
    secret: async (hash) => secrets.get(hash.toString("hex")),
    authorities: async () => authorities,
    enrol: (_, evidence) => {
      asked.push(evidence);
      return answering.enrol(evidence);
    },
  };
  const refusals = {
    record: (peer: RefusedPeer, refusal: Refusal) => void refused.push({ ...refusal, peer }),
  };
  const nothing = async () => undefined;
  const est = createEstRoute({
    registry: {
      certificate: async (sha256) => certificates.get(sha256),
      credentials: nothing,
      serviceClient: nothing,
      claim: async (sha256) => claims.get(sha256),
      registrar: nothing,
      noteUsed: () => undefined,
      noteCredentialUsed: () => undefined,
    },
    port,
    refusals,
    tickets: { ticket: async (hash) => tickets.get(hash.toString("hex")) },
    renewal: {
      renew: (...parameters) => renewing.renew(...parameters),
      renewExpired: (...parameters) => renewing.renewExpired(...parameters),
      redeem: (...parameters) => renewing.redeem(...parameters),
      ticket: async (hash) => tickets.get(hash.toString("hex")),
    },
    authorities: () => tls.ca,
    now: () => Date.now(),
  });
  const https = await openHttpsPort({
    endpoint: { host: "127.0.0.1", port: 0, variable: "DEVICE_HTTPS_PORT" },
    tls,
    routes: [est],
    refusals,
    bounds: { ...defaultHttpsBounds, drainMs: 500, ...bounds },
    log: pino({ level: "silent" }),
    now: () => Date.now(),
  });

  return {
    https,
    tls,
    /** PEM of the root, for programs of others. */
    rootFile: path.join(signer.dataDir, "pki/root.pem"),
    tenantId,
    asked,
    refused,
    authorities,
    certificates,
    answering,
    renewing,
    /** By the hash of their code, lower-case hex. */
    tickets,
    sign,
    /** A device in the registry, with its certificate. */
    addDevice: async (deviceId: string) => {
      const { privateKeyPem: key, csrPem } = await makeKeyAndRequest();
      const id = randomUUID();
      const cert = await sign({ deviceId, id }, csrPem);
      const { sha256, notBefore, notAfter } = describeCertificate(cert);
      const device = { tenantId, deviceKey: 1n, id, deviceId, profileId: "p" };
      const record: CertificateRecord = {
        id: randomUUID(),
        sha256,
        notBefore,
        notAfter,
        state: "active",
        revokedAt: null,
        revocationReason: null,
        device: { ...device, state: "active" },
      };
      certificates.set(sha256, record);
      return { record, tls: { cert, key } };
    },
    /** A claim certificate of the credential's group. */
    addClaim: async (credential: FoundCredential) => {
      const { privateKeyPem: key, csrPem } = await makeKeyAndRequest();
      const { id: credentialId, group } = credential;
      const made = { kind: "claim", csrPem, credentialId, publicId: group.publicId } as const;
      const signed = await signer.signer.sign({ ...made, organisation: "Harbour Works", days: 30 });
      claims.set(describeCertificate(signed.certificatePem).sha256, credential);
      return { cert: signed.certificatePem, key };
    },
    addSecret: (secret: string, credential: FoundCredential) => {
      secrets.set(createHash("sha256").update(secret).digest("hex"), credential);
    },
    send: (sent: Sent = {}) => send(https.port, tls.ca, sent),
    /** A TLS connection on which a test says what it likes. */
    open: async (): Promise<TLSSocket> => {
      const socket = connect({ host: "127.0.0.1", port: https.port, ca: tls.ca });
      socket.on("error", () => undefined);
      await once(socket, "secureConnect");
      return socket;
    },
    stop: async () => {
      await https.stop();
      signer.remove();
    },
  };
}

export type TestHttps = Awaited<ReturnType<typeof startTestHttps>>;

async function send(port: number, ca: string, sent: Sent): Promise<Received> {
  const { method = "GET", path = "/", headers = {}, body, tls } = sent;
  const request = httpsRequest({
    host: "127.0.0.1",
    port,
    ca,
    method,
    path,
    headers,
    agent: false,
    ...tls,
  });
  const answered = once(request, "response");
  request.end(body);
  const [response] = (await answered) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: await text(response),
  };
}

/** What the service says of a device that may have no certificate. */
export function suspended(deviceId: string): ServiceError {
  return new ServiceError("conflict", `The device “${deviceId}” is suspended.`, {
    remedy: "Resume it before it gets a certificate.",
  });
}
