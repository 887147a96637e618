import { requireDevice } from "#server/services/device/require-device.ts";
import { defineQuery } from "#server/services/query.ts";
import { offerListSchema } from "#server/services/transfer/schemas.ts";
import type { TransferKind } from "#server/domain/transfer-kind.ts";

/** An offer of a device, without its code. Times are ISO 8601 in UTC. */
export type OfferView = {
  readonly id: string;
  readonly kind: TransferKind;
  readonly state: "offered" | "expired" | "accepted" | "withdrawn";
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string | null;
  readonly acceptedAt: string | null;
  /** Accepted by another organisation, which has the device now. */
  readonly isGone: boolean;
};

/** The newest offers of a device, at most 50. */
export const listOffers = defineQuery({
  name: "device.offers",
  can: "fleet.view",
  input: offerListSchema,
  run: async ({ ctx, tx, input }): Promise<readonly OfferView[]> => {
    const { tenantId } = ctx;
    const now = ctx.now();
    const device = await requireDevice(tx, { tenantId, reference: input.deviceId, now });
    const rows = await tx.deviceTransfer.findMany({
      where: { tenantId, deviceUuid: device.id },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: 50,
      omit: { codeHash: true, acceptedBy: true },
    });
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind === "claim" ? "claim" : "transfer",
      state: stateOf(row, now),
      createdAt: row.createdAt.toISOString(),
      createdBy: row.createdBy,
      expiresAt: row.expiresAt?.toISOString() ?? null,
      acceptedAt: row.acceptedAt?.toISOString() ?? null,
      isGone: row.acceptedTenantId !== null && row.acceptedTenantId !== tenantId,
    }));
  },
});

function stateOf(
  row: { readonly state: "offered" | "accepted" | "withdrawn"; readonly expiresAt: Date | null },
  now: Date,
): OfferView["state"] {
  const isOver = row.expiresAt !== null && row.expiresAt <= now;
  return row.state === "offered" && isOver ? "expired" : row.state;
}
