import type { Tx } from "#server/db/client.ts";
import type { CampaignState } from "#server/domain/campaign.ts";

/** A rotation campaign that has begun and has not ended. */
export type CampaignInFlight = {
  readonly id: string;
  readonly name: string;
  readonly state: CampaignState;
  /** Devices that it asks. */
  readonly devices: number;
  readonly renewed: number;
  readonly failed: number;
};

const most = 5;

/** The campaigns in flight, the newest first. */
export async function readCampaignsInFlight(
  tx: Tx,
  { tenantId }: { readonly tenantId: string },
): Promise<readonly CampaignInFlight[]> {
  const campaigns = await tx.rotationCampaign.findMany({
    where: { tenantId, state: { in: ["running", "paused", "halted"] } },
    select: { id: true, name: true, state: true, total: true },
    orderBy: { createdAt: "desc" },
    take: most,
  });
  if (campaigns.length === 0) return [];
  const counts = await tx.rotationCampaignDevice.groupBy({
    by: ["campaignId", "state"],
    where: { tenantId, campaignId: { in: campaigns.map(({ id }) => id) } },
    _count: true,
  });
  return campaigns.map(({ id, name, state, total }) => {
    const of = (wanted: string) =>
      counts.find((each) => each.campaignId === id && each.state === wanted)?._count ?? 0;
    const devices = total - of("skipped");
    return { id, name, state, devices, renewed: of("renewed"), failed: of("failed") };
  });
}
