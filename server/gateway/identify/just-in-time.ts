import { createHash, type X509Certificate } from "node:crypto";
import type { EnrolmentPort } from "#server/gateway/enrolment-port.ts";
import { enrolmentRefusal } from "#server/gateway/enrolment-words.ts";
import { createExpiring } from "#server/gateway/identify/expiring.ts";
import type { Concerned } from "#server/gateway/identify/identify.ts";
import type { PresentedCertificate } from "#server/gateway/identify/judge-certificate.ts";
import { issuedByCustomer, notEnrolled } from "#server/gateway/identify/issued-by-customer.ts";
import { createKeyedBuckets } from "#server/gateway/keyed-buckets.ts";
import { quoted, type Refusal } from "#server/gateway/refusal.ts";
import { readHolder } from "#server/pki/read-holder.ts";
import { encodePem } from "#server/pki/pem.ts";
import type {
  EnrolledDevice,
  EnrolmentEvidence,
  FoundAuthority,
  FoundGroup,
} from "#server/services/enrolment/answer.ts";

/** What became of an unknown certificate. */
export type JustInTimeOutcome =
  | { readonly device: EnrolledDevice; readonly refusal?: undefined }
  | { readonly refusal: Refusal; readonly concerned: Concerned; readonly device?: undefined };

/** Registers devices whose certificate a customer's CA issued, when they first connect. */
export type JustInTime = {
  /** A refusal of a moment ago, so that devices that try again and again cost no lookup. */
  remembered(presented: PresentedCertificate): JustInTimeOutcome | undefined;
  /**
   * @param presented a certificate that is neither ours nor in the registry
   * @returns undefined when no customer's CA issued it
   * @throws Error when the database cannot be asked
   */
  enrol(
    presented: PresentedCertificate,
    at: { readonly remote: string; readonly transport: string },
  ): Promise<JustInTimeOutcome | undefined>;
};

type Place = { readonly remote: string; readonly transport: string };

/** How long answers hold: what an administrator changes must soon be felt. */
const refusedForMs = 15_000;
const pendingForMs = 3_000;
const authoritiesForMs = 5_000;
const rememberedMost = 20_000;

/** First connections a second: of one network, and of all devices of one CA. */
const networkRate = { perSecond: 25, burst: 100 };
const authorityRate = { perSecond: 100, burst: 500 };

/** @param input.now epoch milliseconds */
export function createJustInTime(input: {
  readonly port: Pick<EnrolmentPort, "authorities" | "enrol">;
  readonly now: () => number;
}): JustInTime {
  const { port, now } = input;
  const refused = createExpiring<JustInTimeOutcome>(rememberedMost, now);
  const known = createExpiring<readonly FoundAuthority[]>(rememberedMost, now);
  const running = new Map<string, Promise<JustInTimeOutcome | undefined>>();
  const networks = createKeyedBuckets({ ...networkRate, now });
  const authorities = createKeyedBuckets({ ...authorityRate, now });

  async function authoritiesOf(presented: PresentedCertificate) {
    const key = issuerKey(presented);
    const before = known.get(key);
    if (before !== undefined) return before;
    const sha256s = presented.issuerSha256 === "" ? [] : [presented.issuerSha256];
    const found = await port.authorities({ sha256s, subjects: [presented.issuer] });
    known.set(key, found, authoritiesForMs);
    return found;
  }

  async function register(
    presented: PresentedCertificate,
    at: Place,
  ): Promise<JustInTimeOutcome | undefined> {
    const issued = issuedByCustomer(presented, await authoritiesOf(presented));
    if (issued === undefined) return undefined;
    const { group, id } = issued.authority;
    const concerned: Concerned = { tenantId: group.tenantId, deviceKey: null };
    const refusal = byEst(group) ?? notEnrolled(issued, new Date(now()));
    if (refusal !== undefined) return { refusal, concerned };
    if (!networks.take(at.remote) || !authorities.takeKey(id)) {
      return { refusal: tooFast(group.name), concerned };
    }
    const answer = await port.enrol(group, evidenceOf(issued.leaf, at));
    if (answer.state === "enrolled") return { device: answer.device };
    return { refusal: enrolmentRefusal(answer, quoted(presented.commonName)), concerned };
  }

  async function registerOnce(
    presented: PresentedCertificate,
    at: Place,
  ): Promise<JustInTimeOutcome | undefined> {
    const outcome = await register(presented, at);
    const cause = outcome?.refusal?.cause;
    if (outcome !== undefined && cause !== undefined && cause !== "rate") {
      const isPassing = cause === "awaits-approval" || cause === "unavailable";
      refused.set(presented.sha256, outcome, isPassing ? pendingForMs : refusedForMs);
    }
    return outcome;
  }

  return {
    remembered: ({ sha256 }) => refused.get(sha256),
    enrol: (presented, at) => {
      const { sha256 } = presented;
      const already = running.get(sha256);
      if (already !== undefined) return already;
      const outcome = registerOnce(presented, at).finally(() => running.delete(sha256));
      running.set(sha256, outcome);
      return outcome;
    },
  };
}

/** Of a stranger's text, which may be long, only the digest is kept. */
function issuerKey({ issuer, issuerSha256 }: PresentedCertificate): string {
  return `${issuerSha256} ${createHash("sha256").update(issuer).digest("base64")}`;
}

/** The CA of a group for EST lets devices ask for a certificate of ours, and not send messages. */
function byEst({ kind, name, publicId }: FoundGroup): Refusal | undefined {
  if (kind === "customer_ca") return undefined;
  return {
    cause: "enrolment-refused",
    detail: `The CA that issued the certificate is of the enrolment group ${quoted(name)}, whose devices enrol by EST.`,
    remedy: `Let the device ask for its certificate at /.well-known/est/${publicId}/simpleenroll on the HTTPS port first.`,
  };
}

function evidenceOf(leaf: X509Certificate, { remote, transport }: Place): EnrolmentEvidence {
  const { commonName, organisation, serialNumber } = readHolder(leaf);
  return {
    registrationId: commonName,
    serial: serialNumber,
    subject: { commonName, organisation },
    parameters: {},
    ask: { kind: "certificate", pem: encodePem("CERTIFICATE", leaf.raw) },
    transport,
    remote,
  };
}

function tooFast(group: string): Refusal {
  return {
    cause: "rate",
    detail: `More devices of the enrolment group ${quoted(group)} connect for the first time than are enrolled at once.`,
    remedy: "Nothing to do: the device is enrolled when it tries again after a random time.",
  };
}
