import type { ConnectionsRequest } from "#bench/connections.ts";
import type { Installation } from "#server/testing/installation.ts";
import { issueCertificates } from "#server/testing/issue-certificates.ts";

/**
 * Devices with certificates, and so many connections of them: each device has several, told apart
 * by the number in its client id, for making ten thousand keys would take longer than the
 * measurement.
 */
export async function tlsClients(
  place: Installation,
  input: { readonly prefix: string; readonly connections: number; readonly devices: number },
): Promise<Pick<ConnectionsRequest, "ca" | "credentials" | "clients">> {
  const devices = await place.createDevices(input.devices, input.prefix);
  const credentials = await issueCertificates(
    place,
    devices.map(({ id }) => id),
  );
  return {
    ...(credentials[0] === undefined ? {} : { ca: credentials[0].ca }),
    credentials,
    clients: Array.from({ length: input.connections }, (_, index) => {
      const credential = index % input.devices;
      const further = Math.floor(index / input.devices);
      const id = devices[credential]?.id ?? "";
      return { clientId: further === 0 ? id : `${id}.${further}`, credential };
    }),
  };
}
