import type { SessionKey } from "#server/broker/publication.ts";
import type { StoredWill } from "#server/broker/session-store.ts";
import type { Principal } from "#server/gateway/identify/principal.ts";
import type { RegisteredDevice } from "#server/gateway/identify/registry.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import { publishWill } from "#server/gateway/mqtt/will.ts";

/** A will whose connection is long gone, with whom it was from. */
export type OverdueWill = {
  readonly sessionKey: SessionKey;
  readonly will: StoredWill;
  readonly sender:
    | {
        readonly kind: "device";
        readonly device: Omit<RegisteredDevice, "state">;
        readonly state: RegisteredDevice["state"];
      }
    | { readonly kind: "service"; readonly serviceClientId: string };
};

/**
 * Publishes a will whose delay is over, or whose worker died; resolves when it is stored, or when
 * its sender may not publish it any more.
 * @param usernameOf looks up the name of a service client; undefined when it is no more
 * @throws Error when the registry cannot be asked; the will is then to be published later
 */
export async function publishOverdueWill(
  gateway: Pick<MqttGateway, "ingest" | "registry">,
  { sessionKey, sender, will }: OverdueWill,
  usernameOf: (serviceClientId: string) => Promise<string | undefined>,
): Promise<void> {
  const principal = await senderOf(gateway, sender, usernameOf);
  if (principal === undefined) return;
  await publishWill(gateway, { principal, publisher: sessionKey, transport: "mqtts" }, will);
}

async function senderOf(
  { registry }: Pick<MqttGateway, "registry">,
  sender: OverdueWill["sender"],
  usernameOf: (serviceClientId: string) => Promise<string | undefined>,
): Promise<Principal | undefined> {
  if (sender.kind === "device") {
    const { device, state } = sender;
    return state === "active" ? { kind: "device", device: { ...device, state } } : undefined;
  }
  const username = await usernameOf(sender.serviceClientId);
  const record = username === undefined ? undefined : await registry.serviceClient(username);
  return record?.state === "active" ? record.principal : undefined;
}
