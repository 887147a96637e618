import { z } from "zod";
import type { Tx } from "#server/db/client.ts";
import {
  countKeyAlgorithms,
  countSuites,
  findSharedKeys,
  sampleOfEachIssuer,
} from "#server/db/crypto-inventory.ts";
import { cryptoFindings, type CryptoFinding } from "#server/domain/crypto-findings.ts";
import {
  judgeKey,
  judgeSignatureHash,
  judgeSuite,
  productFacts,
  type CryptoJudgement,
} from "#server/domain/crypto-sunset.ts";
import { describeCertificate } from "#server/pki/describe.ts";
import { splitPemBundle } from "#server/pki/pem.ts";
import { readAnatomy } from "#server/pki/read-anatomy.ts";
import { seesInstallation } from "#server/services/certificate/sees-installation.ts";
import { createKeeper } from "#server/services/keep.ts";
import type { Context } from "#server/services/context.ts";
import { defineQuery } from "#server/services/query.ts";

/** What an algorithm is used for. */
export const cryptoUses = [
  "device_key",
  "authority_key",
  "server_key",
  "claim_key",
  "customer_ca_key",
  "trust_anchor_key",
  "signature",
  "tls",
  "product",
] as const;
export type CryptoUse = (typeof cryptoUses)[number];

/** One algorithm in one use. */
export type CryptoEntry = CryptoJudgement & {
  readonly use: CryptoUse;
  readonly algorithm: string;
  /** Of the product's own uses: which. */
  readonly detail: string;
  /** How many have it; null where counting makes no sense. */
  readonly count: number | null;
};

export type CryptoInventory = {
  readonly entries: readonly CryptoEntry[];
  readonly findings: readonly CryptoFinding[];
};

const keptInventory = createKeeper(
  async ({ ctx, tx }): Promise<CryptoInventory> => {
    const entries = [
      ...(await deviceKeys(tx, ctx)),
      ...(await otherKeys(tx, ctx, seesInstallation(ctx))),
      ...(await signatures(tx, ctx)),
      ...(await suites(tx, ctx)),
      ...productFacts.map(({ use, algorithm, bits, why }) => ({
        use: "product" as const,
        algorithm,
        detail: use,
        count: null,
        bits,
        standing: "good" as const,
        sunset: null,
        why,
      })),
    ];
    return { entries, findings: cryptoFindings(entries, await findSharedKeys(tx, ctx)) };
  },
  // Evidence, and a page that does not ask again.
  { apart: (ctx) => String(seesInstallation(ctx)), mostAgeMs: 30_000 },
);

/** Every algorithm and key size in use, how strong it is and until when. */
export const cryptoInventory = defineQuery({
  name: "certificate.inventory",
  can: "certificate.view",
  input: z.object({}),
  run: keptInventory,
});

function keysEntries(
  use: Exclude<CryptoUse, "product" | "tls" | "signature">,
  algorithms: readonly (readonly [algorithm: string, count: number])[],
): CryptoEntry[] {
  const counts = new Map<string, number>();
  for (const [algorithm, count] of algorithms) {
    counts.set(algorithm, (counts.get(algorithm) ?? 0) + count);
  }
  return [...counts].map(([algorithm, count]) => ({
    use,
    algorithm,
    detail: "",
    count,
    ...judgeKey(algorithm),
  }));
}

async function deviceKeys(tx: Tx, ctx: Context): Promise<CryptoEntry[]> {
  const rows = await countKeyAlgorithms(tx, ctx);
  return keysEntries(
    "device_key",
    rows.map(({ algorithm, count }) => [algorithm, count]),
  );
}

/** Of so many of a kind the key is looked at. */
const looked = 500;

function algorithmsOf(pems: readonly (string | null)[]): (readonly [string, number])[] {
  return pems.flatMap((pem) => {
    const leaf = pem === null ? undefined : splitPemBundle(pem)[0];
    if (leaf === undefined) return [];
    try {
      return [[describeCertificate(leaf).keyAlgorithm, 1] as const];
    } catch {
      return [];
    }
  });
}

async function otherKeys(tx: Tx, ctx: Context, installation: boolean): Promise<CryptoEntry[]> {
  const { tenantId } = ctx;
  const now = ctx.now();
  const select = { pem: true } as const;
  const [claims, customers, anchors] = [
    await tx.enrolmentCredential.findMany({
      where: { tenantId, pem: { not: null }, revokedAt: null, expiresAt: { gt: now } },
      select,
      take: looked,
    }),
    await tx.customerCa.findMany({ where: { tenantId }, select, take: looked }),
    await tx.trustAnchor.findMany({ where: { tenantId }, select, take: looked }),
  ];
  const pems = (rows: readonly { readonly pem: string | null }[]) =>
    algorithmsOf(rows.map(({ pem }) => pem));
  const own = [
    ...keysEntries("claim_key", pems(claims)),
    ...keysEntries("customer_ca_key", pems(customers)),
    ...keysEntries("trust_anchor_key", pems(anchors)),
  ];
  if (!installation) return own;
  const [authorities, servers] = [
    await tx.certificateAuthority.findMany({ where: { state: { not: "retired" } }, select }),
    await tx.serverCertificate.findMany({ where: { replacedAt: null }, select }),
  ];
  return [
    ...keysEntries("authority_key", pems(authorities)),
    ...keysEntries("server_key", pems(servers)),
    ...own,
  ];
}

/** How certificates are signed: one of each issuer stands for all of it. */
async function signatures(tx: Tx, ctx: Context): Promise<CryptoEntry[]> {
  const rows = await countKeyAlgorithms(tx, ctx);
  const samples = await sampleOfEachIssuer(tx, ctx);
  const entries = new Map<string, CryptoEntry>();
  for (const { issuer, pem } of samples) {
    const count = rows
      .filter((row) => row.issuer === issuer)
      .reduce((sum, row) => sum + row.count, 0);
    const { signature, signatureHash } = signatureOf(pem);
    const known = entries.get(signature);
    entries.set(signature, {
      use: "signature",
      algorithm: signature,
      detail: "",
      ...judgeSignatureHash(signatureHash),
      count: count + (known?.count ?? 0),
    });
  }
  return [...entries.values()];
}

function signatureOf(pem: string): { readonly signature: string; readonly signatureHash: string } {
  try {
    return readAnatomy(pem);
  } catch {
    return { signature: "unknown", signatureHash: "" };
  }
}

async function suites(tx: Tx, ctx: Context): Promise<CryptoEntry[]> {
  const rows = await countSuites(tx, ctx);
  return rows.map(({ version, suite, count }) => ({
    use: "tls",
    algorithm: suite === null ? version : `${version} ${suite}`,
    detail: "",
    count,
    ...judgeSuite(version, suite ?? ""),
  }));
}
