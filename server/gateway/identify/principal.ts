import type { Owner } from "#server/broker/publication.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { FoundCredential, FoundGroup } from "#server/services/enrolment/answer.ts";

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

/** One who may do nothing but enrol a device: nothing of it is kept, and nothing it says is a message. */
export type EnrolmentPrincipal = {
  readonly kind: "enrolment";
  readonly group: FoundGroup;
  readonly by:
    | { readonly kind: "claim"; readonly credential: FoundCredential }
    /** `key` is derived from a key of the group (base64); it is a secret. */
    | { readonly kind: "registration"; readonly registrationId: string; readonly key: string };
};

/** Who is connected: proven by a credential, never by what its messages say. */
export type Principal = DevicePrincipal | ServicePrincipal | EnrolmentPrincipal;

/** @returns the owner of the principal's sessions */
export function ownerOf(principal: Principal): Owner {
  switch (principal.kind) {
    case "device":
      return { kind: "device", deviceKey: principal.device.deviceKey };
    case "service":
      return { kind: "service", serviceClientId: principal.serviceClientId };
    case "enrolment": {
      const { group, by } = principal;
      const id = by.kind === "claim" ? by.credential.id : `${group.id}/${by.registrationId}`;
      return { kind: "enrolment", id };
    }
  }
}

export function tenantOf(principal: Principal): string {
  switch (principal.kind) {
    case "device":
      return principal.device.tenantId;
    case "service":
      return principal.tenantId;
    case "enrolment":
      return principal.group.tenantId;
  }
}

/** @returns what the client is called in logs and refusals */
export function nameOf(principal: Principal): string {
  switch (principal.kind) {
    case "device":
      return principal.device.deviceId;
    case "service":
      return principal.name;
    case "enrolment":
      return principal.by.kind === "claim" ? principal.group.publicId : principal.by.registrationId;
  }
}
