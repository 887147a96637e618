import {
  certificateExpiry,
  judgeCertificate,
  type Judgement,
  type PresentedCertificate,
} from "#server/gateway/identify/judge-certificate.ts";
import {
  judgeCredentials,
  type PresentedToken,
} from "#server/gateway/identify/judge-credentials.ts";
import { judgePsk, type PresentedPsk } from "#server/gateway/identify/judge-psk.ts";
import {
  expiryRefusal,
  judgeSas,
  malformedSas,
  type PresentedSas,
} from "#server/gateway/identify/judge-sas.ts";
import { judgeClaim, type EnrolmentJudgement } from "#server/gateway/identify/judge-claim.ts";
import {
  judgeRegistration,
  type PresentedRegistration,
} from "#server/gateway/identify/judge-registration.ts";
import {
  judgeServiceClient,
  type PresentedServiceClient,
} from "#server/gateway/identify/judge-service-client.ts";
import type { Principal } from "#server/gateway/identify/principal.ts";
import type {
  CertificateRecord,
  CredentialRecord,
  RegisteredDevice,
  Registry,
} from "#server/gateway/identify/registry.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";

/** What a peer shows to say who it is. Kept with the session, so that it can be judged again. */
export type Credential =
  | ({ readonly kind: "certificate" } & PresentedCertificate)
  | ({ readonly kind: "token" } & PresentedToken)
  | ({ readonly kind: "sas" } & PresentedSas)
  | ({ readonly kind: "psk" } & PresentedPsk)
  | ({ readonly kind: "service" } & PresentedServiceClient)
  | ({ readonly kind: "registration" } & PresentedRegistration)
  | { readonly kind: "malformed-sas"; readonly deviceId: string; readonly problem: string }
  /** A user name that nobody can have. */
  | { readonly kind: "nobody"; readonly userName: string }
  | { readonly kind: "no-certificate" }
  | { readonly kind: "no-token" };

/** Whom a refusal concerns, where that is known although it proves nothing. */
export type Concerned = { readonly tenantId: string; readonly deviceKey: bigint | null };

/** Who the peer is, or why not. */
export type Identification =
  | {
      readonly principal: Principal;
      readonly refusal?: undefined;
      /** Where a certificate decided. */
      readonly certificate?: CertificateRecord;
    }
  | {
      readonly refusal: Refusal;
      readonly concerned: Concerned | undefined;
      readonly principal?: undefined;
    };

/** The id that the peer claims, for the refused: it proves nothing. */
export function claimedIdOf(credential: Credential): string {
  switch (credential.kind) {
    case "certificate":
      return credential.commonName;
    case "token":
    case "nobody":
      return credential.userName;
    case "sas":
    case "psk":
    case "malformed-sas":
      return credential.deviceId;
    case "service":
      return credential.username;
    case "registration":
      return credential.registrationId;
    case "no-certificate":
    case "no-token":
      return "";
  }
}

/** Why a credential has ended by itself, whatever the registry says; undefined while it has not. */
export function expiredByItself(credential: Credential, now: Date): Refusal | undefined {
  if (credential.kind === "registration") {
    return expiryRefusal(credential.registrationId, credential.token, now);
  }
  if (credential.kind === "certificate") {
    const { commonName, notAfter } = credential;
    return notAfter === undefined ? undefined : certificateExpiry(commonName, { notAfter }, now);
  }
  if (credential.kind !== "sas") return undefined;
  return expiryRefusal(credential.deviceId, credential.token, now);
}

/** What identification asks the registry. */
export type Lookups = Pick<
  Registry,
  | "certificate"
  | "credentials"
  | "serviceClient"
  | "noteUsed"
  | "noteCredentialUsed"
  | "claim"
  | "registrar"
>;

/**
 * Who the peer is, from its credential and never from what its messages say.
 * @throws Error when the registry cannot be asked
 */
export async function identify(
  registry: Lookups,
  credential: Credential,
  now: Date,
): Promise<Identification> {
  switch (credential.kind) {
    case "certificate":
      return byCertificate(registry, credential, now);
    case "token":
    case "sas":
    case "psk":
      return bySecret(registry, credential, now);
    case "service":
      return serviceOf(registry, credential, now);
    case "registration": {
      const record = await registry.registrar(credential.idScope);
      return enrolmentOf(judgeRegistration(record, credential, now), record?.group.tenantId);
    }
    case "malformed-sas":
    case "nobody":
    case "no-certificate":
    case "no-token":
      return { refusal: refusalOf(credential), concerned: undefined };
  }
}

type Secret = Extract<Credential, { readonly kind: "token" | "sas" | "psk" }>;

async function bySecret(registry: Lookups, credential: Secret, now: Date): Promise<Identification> {
  const record = await registry.credentials(claimedIdOf(credential));
  const judged = judgeSecret(record, credential, now);
  if (judged.device !== undefined && judged.credentialId !== undefined) {
    const { tenantId } = judged.device;
    registry.noteCredentialUsed({ tenantId, id: judged.credentialId, at: now });
  }
  return deviceOf(judged, record?.device);
}

function judgeSecret(
  record: CredentialRecord | undefined,
  credential: Secret,
  now: Date,
): Judgement {
  switch (credential.kind) {
    case "token":
      return judgeCredentials(record, credential);
    case "sas":
      return judgeSas(record, credential, now);
    case "psk":
      return judgePsk(record, credential);
  }
}

async function byCertificate(
  registry: Lookups,
  presented: PresentedCertificate,
  now: Date,
): Promise<Identification> {
  const record = await registry.certificate(presented.sha256);
  if (record === undefined && presented.ours) {
    const claim = await registry.claim(presented.sha256);
    if (claim !== undefined) {
      return enrolmentOf(judgeClaim(claim, presented, now), claim.group.tenantId);
    }
  }
  const judged = deviceOf(judgeCertificate(record, presented, now), record?.device);
  if (judged.principal === undefined || record === undefined) return judged;
  return { ...judged, certificate: record };
}

function deviceOf(judgement: Judgement, found: RegisteredDevice | undefined): Identification {
  const { device, refusal } = judgement;
  if (device !== undefined) return { principal: { kind: "device", device } };
  return { refusal, concerned: found };
}

function enrolmentOf(
  { principal, refusal }: EnrolmentJudgement,
  tenantId: string | undefined,
): Identification {
  if (principal !== undefined) return { principal };
  return { refusal, concerned: tenantId === undefined ? undefined : { tenantId, deviceKey: null } };
}

async function serviceOf(
  registry: Lookups,
  credential: PresentedServiceClient,
  now: Date,
): Promise<Identification> {
  const record = await registry.serviceClient(credential.username);
  const judged = judgeServiceClient(record, credential);
  if (judged.principal === undefined) {
    const tenantId = record?.principal.tenantId;
    const concerned = tenantId === undefined ? undefined : { tenantId, deviceKey: null };
    return { refusal: judged.refusal, concerned };
  }
  registry.noteUsed(judged.passwordId, now);
  return { principal: judged.principal };
}

/** What can be said without asking anybody. */
function refusalOf(
  credential: Extract<
    Credential,
    { readonly kind: "malformed-sas" | "nobody" | "no-certificate" | "no-token" }
  >,
): Refusal {
  switch (credential.kind) {
    case "malformed-sas":
      return malformedSas(credential.deviceId, credential.problem);
    case "nobody":
      return {
        cause: "bad-credentials",
        detail: `The user name ${quoted(credential.userName)} is neither a device's id nor a service client's name.`,
        remedy:
          "Use the device's id as user name, Azure's {host}/{device id}/?api-version=…, or a service client's name@organisation.",
      };
    case "no-certificate":
      return {
        cause: "no-certificate",
        detail: "The client presented neither a certificate nor a user name and password.",
        remedy:
          "Configure the device's certificate and private key in the client (mosquitto_pub: --cert and --key), or its id as user name and its password or SAS token.",
      };
    case "no-token":
      return {
        cause: "bad-credentials",
        detail: "The client presented no user name and password.",
        remedy:
          "Use the device's id as user name and its password or SAS token, or the TLS port with its certificate.",
      };
  }
}
