import { findCertificateStatuses } from "#server/db/find-certificate-statuses.ts";
import type { PkiAuthority } from "#server/db/find-pki-authorities.ts";
import type { Env } from "#server/env.ts";
import type { Endpoint } from "#server/gateway/mqtt/open-port.ts";
import { createAuthorities, type Authorities } from "#server/gateway/pki/authorities.ts";
import { defaultPkiBounds } from "#server/gateway/pki/bounds.ts";
import { createClaimStatuses, type ClaimStatuses } from "#server/gateway/pki/claim-statuses.ts";
import { answerList } from "#server/gateway/pki/list-route.ts";
import { createListStore } from "#server/gateway/pki/lists.ts";
import { createOcspDesk, type OcspParts } from "#server/gateway/pki/ocsp-desk.ts";
import { answerOcsp } from "#server/gateway/pki/ocsp-route.ts";
import { openPkiPort } from "#server/gateway/pki/open-pki-port.ts";
import { createAcmeRoute } from "#server/gateway/tls/acme-route.ts";
import { startCrlPublisher } from "#server/jobs/crl-publisher.ts";
import type { Stop, WorkerParts } from "#server/main/worker-parts.ts";
import { ensureOcspResponder } from "#server/pki/ocsp-responder.ts";
import type { OcspResponder } from "#server/pki/ocsp-response.ts";

/** How often it is looked whether a responder's certificate is to be renewed. */
const responderCheckMs = 3_600_000;

/** Where everybody reads what is revoked. */
export function pkiEndpoint(env: Env): Endpoint {
  return {
    host: "0.0.0.0",
    port: env.PKI_PORT,
    variable: "PKI_PORT",
    isShared: env.WORKER_SHARES_PORTS,
  };
}

/**
 * Keeps the lists of revoked certificates and opens the port on which they, the CA certificates and
 * OCSP are served.
 * @returns stops it
 * @throws Error that names the port, its setting and the remedy
 */
export async function startPki(parts: WorkerParts): Promise<Stop> {
  const { db, env, log, system, metrics, clock, followers } = parts;
  const now = () => new Date(clock());
  const authorities = createAuthorities(db, clock);
  const claims = createClaimStatuses(db, clock);
  const desk = createOcspDesk(deskParts(parts, authorities, claims));
  const lists = createListStore(db, clock);
  const ocsp = {
    desk,
    maxRequestBytes: defaultPkiBounds.maxRequestBytes,
    count: (status: string) => metrics.ocspAnswers.inc({ status }),
    now,
  };
  const port = await openPkiPort({
    endpoint: pkiEndpoint(env),
    routes: [
      (request) => answerList({ authorities, lists, now: clock }, request),
      (request) => answerOcsp(ocsp, request),
      createAcmeRoute(env.DATA_DIR),
    ],
    bounds: defaultPkiBounds,
    log,
    now: clock,
  });
  const publisher = startCrlPublisher({
    db,
    signer: system.signer,
    dataDir: env.DATA_DIR,
    pkiUrl: env.PKI_URL,
    now,
    log,
    onAges: (ages) => {
      lists.forget();
      metrics.crlAge.reset();
      for (const { issuerSha256: issuer, kind, seconds } of ages) {
        metrics.crlAge.set({ issuer, kind }, seconds);
      }
    },
  });
  const changed = (): void => {
    authorities.forget();
    claims.forget();
    desk.forget();
    publisher.wake();
  };
  followers.set("revocation", changed);
  followers.set("trust", changed);
  return async () => {
    await publisher.stop();
    await port.stop();
  };
}

function deskParts(
  { db, env, log, system, clock }: WorkerParts,
  authorities: Authorities,
  claims: ClaimStatuses,
): OcspParts {
  return {
    authorities: () => authorities.all(),
    statuses: async ({ issuer, serials }) => {
      const found = await findCertificateStatuses(db, { issuer, serials });
      const missing = serials.filter((serial) => found.every((each) => each.serial !== serial));
      const more = await Promise.all(missing.map((serial) => claims.find(issuer, serial)));
      return [...found, ...more.filter((each) => each !== undefined)];
    },
    responder: keepResponders((authority) =>
      ensureOcspResponder({
        dataDir: env.DATA_DIR,
        signer: system.signer,
        issuerSha256: authority.sha256,
        issuerPem: authority.pem,
        now: new Date(clock()),
      }),
    ),
    now: () => new Date(clock()),
    failed: (error) => log.warn({ event: "ocsp.not_answered", err: error }),
  };

  function keepResponders(
    ensure: (authority: PkiAuthority) => Promise<OcspResponder>,
  ): OcspParts["responder"] {
    const kept = new Map<string, { readonly made: Promise<OcspResponder>; readonly at: number }>();
    return (authority) => {
      const own = kept.get(authority.sha256);
      if (own !== undefined && Math.abs(clock() - own.at) < responderCheckMs) return own.made;
      const made = ensure(authority);
      kept.set(authority.sha256, { made, at: clock() });
      // One that cannot be had is asked for again by the next request.
      made.catch(() => kept.delete(authority.sha256));
      return made;
    };
  }
}
