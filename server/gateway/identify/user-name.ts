import { isDeviceId } from "#server/domain/device-id.ts";

/** Who a user name says the client is. It proves nothing. */
export type NamedClient =
  | { readonly kind: "device"; readonly deviceId: string }
  | { readonly kind: "service"; readonly username: string }
  | { readonly kind: "registration"; readonly idScope: string; readonly registrationId: string }
  | { readonly kind: "nobody" };

/** `<slug>@<tenant slug>`; no device id holds an @. */
const serviceName = /^[a-z0-9][a-z0-9-]{0,47}@[a-z0-9][a-z0-9-]{0,63}$/;

/** Azure's Device Provisioning Service: `{idScope}/registrations/{registrationId}/api-version=…`. */
const registration = /^([\w-]{1,64})\/registrations\/([^/]{1,128})(?:\/[^/]{0,512})?$/;

/**
 * A device's id, Azure's `{host}/{id}/?api-version=…`, a service client's name, or who registers by
 * symmetric key. Anything else is nobody's and is never looked up: a stranger's texts must not fill
 * the memory of lookups.
 */
export function readUserName(userName: string): NamedClient {
  if (isDeviceId(userName)) return { kind: "device", deviceId: userName };
  if (serviceName.test(userName)) return { kind: "service", username: userName };
  return readRegistration(userName) ?? readAzureDevice(userName) ?? { kind: "nobody" };
}

function readRegistration(userName: string): NamedClient | undefined {
  const [, idScope = "", registrationId = ""] = registration.exec(userName) ?? [];
  return isDeviceId(registrationId) ? { kind: "registration", idScope, registrationId } : undefined;
}

function readAzureDevice(userName: string): NamedClient | undefined {
  const [host = "", deviceId = "", parameters, more] = userName.split("/", 4);
  const azure =
    host !== "" &&
    userName.length <= 1_024 &&
    more === undefined &&
    (parameters === undefined || /^\??[A-Za-z][\w-]*=/.test(parameters) || parameters === "");
  return azure && isDeviceId(deviceId) ? { kind: "device", deviceId } : undefined;
}
