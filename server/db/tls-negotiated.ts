import type { Tx } from "#server/db/client.ts";

/** Connected devices that negotiated the same; version and cipher are null without TLS. */
export type TlsNegotiated = {
  readonly version: string | null;
  readonly cipher: string | null;
  readonly devices: number;
};

/**
 * What connected devices have negotiated, most first: those of the transaction's organisation, and
 * those of all where it runs the installation.
 */
export async function tlsNegotiated(tx: Tx): Promise<readonly TlsNegotiated[]> {
  return tx.$queryRaw<TlsNegotiated[]>`
    SELECT version, cipher, devices::int AS devices FROM tls_negotiated()
    ORDER BY devices DESC, version, cipher`;
}
