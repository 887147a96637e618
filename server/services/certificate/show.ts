import type { Tx } from "#server/db/client.ts";
import { listCertificatePage } from "#server/db/list-certificates.ts";
import { certificateFilterSchema } from "#server/domain/certificate-filter-schema.ts";
import { certificateStandings, type RegistryState } from "#server/domain/certificate-standing.ts";
import { judgeKey, type CryptoJudgement } from "#server/domain/crypto-sunset.ts";
import { extensionWords, type ExtensionWords } from "#server/domain/extension-words.ts";
import { certificatePolicy } from "#server/domain/profile-parts-schema.ts";
import { may } from "#server/domain/roles.ts";
import { readAnatomy } from "#server/pki/read-anatomy.ts";
import { findChain, type ChainLink } from "#server/services/certificate/find-chain.ts";
import { findUse, type CertificateUse } from "#server/services/certificate/find-use.ts";
import {
  inventoryEntry,
  type CertificateEntry,
} from "#server/services/certificate/inventory-entry.ts";
import { certificateShowSchema } from "#server/services/certificate/query-schemas.ts";
import type { Context } from "#server/services/context.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

type Neighbour = {
  readonly id: string;
  readonly sha256: string;
  readonly state: RegistryState;
  readonly issuedAt: string;
  readonly notAfter: string;
};

/** A device's certificate with all that is known of it. Times are ISO 8601 in UTC. */
export type CertificateDetail = CertificateEntry & {
  readonly state: RegistryState;
  readonly spkiSha256: string;
  readonly names: readonly string[];
  readonly signature: string;
  readonly key: CryptoJudgement;
  readonly extensions: readonly ExtensionWords[];
  readonly chain: readonly ChainLink[];
  readonly pem: string;
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly activatedAt: string | null;
  readonly suspendedAt: string | null;
  readonly revokedAt: string | null;
  readonly revocationReason: string | null;
  readonly retireAt: string | null;
  readonly lastUsedAt: string | null;
  readonly follows: Neighbour | null;
  readonly followedBy: Neighbour | null;
  /** Other devices of the organisation whose certificates have the same key. */
  readonly sharesKeyWith: readonly string[];
  readonly policy: {
    readonly renewal: "manual" | "automatic";
    readonly alertDays: readonly number[];
    readonly overlapDays: number;
  };
  readonly use: CertificateUse;
};

/**
 * A device's certificate: what it says, who signed it, where it is used and what became of it.
 * @throws ServiceError not_found
 */
export const showCertificate = defineQuery({
  name: "certificate.show",
  can: "certificate.view",
  input: certificateShowSchema,
  run: async ({ ctx, tx, input }): Promise<CertificateDetail> => {
    const { tenantId } = ctx;
    const row = await tx.certificate.findUnique({
      where: { tenantId_id: { tenantId, id: input.certificateId } },
      include: {
        device: {
          select: { key: true, deviceId: true, profile: { select: { certificatePolicy: true } } },
        },
      },
    });
    if (row === null) {
      throw new ServiceError("not_found", "There is no such certificate.", {
        remedy: "Look for it in the list of certificates.",
      });
    }
    const { renewal, alertDays, overlapDays } = certificatePolicy.parse(
      row.device.profile.certificatePolicy ?? {},
    );
    const parsed = readPem(row.pem);
    return {
      ...(await entryOf(tx, ctx, row)),
      state: row.state,
      spkiSha256: row.spkiSha256,
      ...parsed,
      key: judgeKey(row.keyAlgorithm),
      chain: await findChain(tx, { tenantId, pem: row.pem }).catch(() => []),
      pem: row.pem,
      issuedBy: row.issuedBy,
      revocationReason: row.revocationReason,
      ...instantsOf(row),
      ...(await neighboursOf(tx, row)),
      sharesKeyWith: await devicesWithKey(tx, row),
      policy: { renewal, alertDays, overlapDays },
      use: await findUse(tx, {
        tenantId,
        certificate: row,
        device: row.device,
        audit: may(ctx.role, "audit.view"),
      }),
    };
  },
});

type Instants = {
  readonly issuedAt: Date;
  readonly activatedAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly retireAt: Date | null;
  readonly lastUsedAt: Date | null;
};

function instantsOf(row: Instants): Pick<CertificateDetail, keyof Instants> {
  return {
    issuedAt: row.issuedAt.toISOString(),
    activatedAt: row.activatedAt?.toISOString() ?? null,
    suspendedAt: row.suspendedAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    retireAt: row.retireAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}

function readPem(pem: string): Pick<CertificateDetail, "names" | "signature" | "extensions"> {
  try {
    const { names, signature, extensions } = readAnatomy(pem);
    return { names, signature, extensions: extensions.map(extensionWords) };
  } catch {
    // A customer's CA may have signed what OpenSSL takes and this parser does not.
    return { names: [], signature: "", extensions: [] };
  }
}

type Row = {
  readonly id: string;
  readonly tenantId: string;
  readonly sha256: string;
  readonly deviceId: string;
  readonly spkiSha256: string;
  readonly followsId: string | null;
};

/** As the list has it, so that both say the same. */
async function entryOf(tx: Tx, ctx: Context, { sha256 }: Row): Promise<CertificateEntry> {
  const now = ctx.now();
  const filter = certificateFilterSchema.parse({
    text: sha256,
    kinds: ["device"],
    standings: certificateStandings,
  });
  const [row] = await listCertificatePage(tx, {
    tenantId: ctx.tenantId,
    now,
    filter,
    descending: false,
    after: null,
    limit: 1,
    installation: false,
  });
  if (row === undefined) throw new Error(`The certificate ${sha256} is in no list.`);
  return inventoryEntry(row, now);
}

const neighbourColumns = {
  id: true,
  sha256: true,
  state: true,
  issuedAt: true,
  notAfter: true,
} as const;

async function neighboursOf(
  tx: Tx,
  { tenantId, id, deviceId, followsId }: Row,
): Promise<Pick<CertificateDetail, "follows" | "followedBy">> {
  const find = async (where: { readonly id: string } | { readonly followsId: string }) => {
    const found = await tx.certificate.findFirst({
      where: { tenantId, deviceId, ...where },
      orderBy: { issuedAt: "desc" },
      select: neighbourColumns,
    });
    if (found === null) return null;
    return {
      ...found,
      issuedAt: found.issuedAt.toISOString(),
      notAfter: found.notAfter.toISOString(),
    };
  };
  return {
    follows: followsId === null ? null : await find({ id: followsId }),
    followedBy: await find({ followsId: id }),
  };
}

async function devicesWithKey(tx: Tx, { tenantId, deviceId, spkiSha256 }: Row) {
  const rows = await tx.certificate.findMany({
    where: { tenantId, spkiSha256, deviceId: { not: deviceId } },
    select: { device: { select: { deviceId: true } } },
    take: 20,
  });
  return [...new Set(rows.map(({ device }) => device.deviceId))].toSorted();
}
