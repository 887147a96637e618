import { readPskIdentity } from "#server/domain/psk.ts";
import { pskHandshakeRefusal } from "#server/gateway/identify/judge-psk.ts";
import type { MqttGateway } from "#server/gateway/mqtt/gateway.ts";
import type { RefusedPeer } from "#server/gateway/refusal.ts";

/** What OpenSSL says where the client holds another key, in TLS 1.3 and in TLS 1.2. */
const codes: ReadonlySet<string> = new Set([
  "ERR_SSL_BINDER_DOES_NOT_VERIFY",
  "ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
  "ERR_SSL_DIGEST_CHECK_FAILED",
]);

/** Whether a handshake in which a pre-shared key was offered failed because of the key. */
export function isPskFailure(error: Error): boolean {
  return "code" in error && typeof error.code === "string" && codes.has(error.code);
}

/** Records why a pre-shared key was refused; the client itself only got a TLS alert. */
export function recordPskFailure(
  { background, registry, refusals }: Pick<MqttGateway, "background" | "registry" | "refusals">,
  peer: { readonly identity: string } & Pick<RefusedPeer, "remote" | "transport">,
): void {
  const { identity, ...from } = peer;
  const { deviceId } = readPskIdentity(identity);
  background.run("psk.refusal_not_recorded", async () => {
    const record = await registry.credentials(deviceId);
    refusals.record(
      {
        ...from,
        claimedId: deviceId,
        tenantId: record?.device.tenantId ?? null,
        deviceKey: record?.device.deviceKey ?? null,
        sha256: "",
      },
      pskHandshakeRefusal(record, identity, deviceId),
    );
  });
}
