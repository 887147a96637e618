import { findRenewalTicket, type FoundTicket } from "#server/db/find-renewal-ticket.ts";
import type { Database } from "#server/db/client.ts";
import { createTurnstile } from "#server/gateway/enrol/turnstile.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { RenewedCertificate } from "#server/services/certificate/answer-renewal.ts";
import { renewExpired } from "#server/services/certificate/renew-expired.ts";
import { renewCertificate } from "#server/services/certificate/renew.ts";
import { redeemTicket } from "#server/services/renewal-ticket/redeem.ts";
import { systemContext, type SystemParts } from "#server/services/system-context.ts";

type Device = Pick<RegisteredDevice, "tenantId" | "id" | "deviceId">;

/** What a device brings. */
export type RenewalRequest = {
  readonly csrPem: string;
  /** Address without a port. */
  readonly remote: string;
};

/** How devices have their certificates renewed. All throw ServiceError, and other errors in outages. */
export type RenewalPort = {
  /** @param sha256 of the certificate that the device has proven to hold */
  renew(
    device: Device,
    asked: RenewalRequest & { readonly sha256: string },
  ): Promise<RenewedCertificate>;
  /** The same for one that has run out. */
  renewExpired(
    device: Device,
    asked: RenewalRequest & { readonly sha256: string },
  ): Promise<RenewedCertificate>;
  /** @param code of a ticket */
  redeem(
    device: Device,
    asked: RenewalRequest & { readonly code: string },
  ): Promise<RenewedCertificate>;
  /** @param hash SHA-256 of a ticket's code */
  ticket(hash: Buffer): Promise<FoundTicket | undefined>;
};

/** Over all tenants: a fleet that renews at once must leave connections for everything else. */
const atOnce = 4;
const mostWaiting = 10_000;

/**
 * The port on the database.
 * @param input.db connections of the ingest role, which finds tickets over all tenants
 * @param input.system connections of the application role, which renews in the device's tenant
 * @param input.name of the way, for the audit trail
 */
export function createRenewalPort(input: {
  readonly db: Database;
  readonly system: SystemParts;
  readonly name: string;
}): RenewalPort {
  const { db, system, name } = input;
  const turnstile = createTurnstile(mostWaiting);
  const inTurn = (work: () => Promise<RenewedCertificate>) =>
    turnstile.run({ key: "renewal", atOnce }, work);
  const contextOf = ({ tenantId }: Device, ip: string) =>
    systemContext(system, { tenantId, name, ip });
  return {
    renew: (device, { csrPem, sha256, remote }) =>
      inTurn(() =>
        renewCertificate(contextOf(device, remote), { deviceId: device.id, csrPem, sha256 }),
      ),
    renewExpired: (device, { csrPem, sha256, remote }) =>
      inTurn(() =>
        renewExpired(contextOf(device, remote), { deviceId: device.id, csrPem, sha256 }),
      ),
    redeem: (device, { csrPem, code, remote }) =>
      inTurn(() => redeemTicket(contextOf(device, remote), { deviceId: device.id, csrPem, code })),
    ticket: (hash) => findRenewalTicket(db, hash),
  };
}

/** What an operational session may ask for. */
export type RenewalDesk = Pick<RenewalPort, "renew" | "redeem">;

/** Where nobody renews: in tests of other things. */
export const noRenewals: RenewalDesk = {
  renew: () => Promise.reject(new Error("Nobody renews certificates here.")),
  redeem: () => Promise.reject(new Error("Nobody renews certificates here.")),
};
