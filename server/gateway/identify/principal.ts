import type { Owner } from "#server/broker/publication.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";

/** What a service client may do below a topic filter. */
export type TopicGrant = {
  /** A topic filter; it covers itself and everything below it that it matches. */
  readonly filter: string;
  readonly mayPublish: boolean;
  readonly maySubscribe: boolean;
};

/** A dashboard or an integration with credentials of its own. Replaced as a whole when it changes. */
export type ServicePrincipal = {
  readonly kind: "service";
  readonly tenantId: string;
  /** UUID of the service client's row. */
  readonly serviceClientId: string;
  /** As it logs in: `<slug>@<tenantSlug>`. */
  readonly name: string;
  /** Whether its tenant operates the installation: only such a client may see `$SYS`. */
  readonly operator: boolean;
  readonly grants: readonly TopicGrant[];
};

export type DevicePrincipal = { readonly kind: "device"; readonly device: RegisteredDevice };

/** Who is connected: proven by a credential, never by what its messages say. */
export type Principal = DevicePrincipal | ServicePrincipal;

/** @returns the owner of the principal's sessions */
export function ownerOf(principal: Principal): Owner {
  return principal.kind === "device"
    ? { kind: "device", deviceKey: principal.device.deviceKey }
    : { kind: "service", serviceClientId: principal.serviceClientId };
}

export function tenantOf(principal: Principal): string {
  return principal.kind === "device" ? principal.device.tenantId : principal.tenantId;
}

/** @returns what the client is called in logs and refusals */
export function nameOf(principal: Principal): string {
  return principal.kind === "device" ? principal.device.deviceId : principal.name;
}
