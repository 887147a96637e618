import { z } from "zod";
import { listDevicesOfCampaign, type CampaignDeviceRow } from "#server/db/list-campaign-devices.ts";
import { campaignDeviceStates, type CampaignDeviceState } from "#server/domain/campaign.ts";
import { explainWaiting } from "#server/domain/campaign-words.ts";
import { noCampaign } from "#server/services/campaign/internal.ts";
import { listCampaignDevicesSchema } from "#server/services/campaign/schemas.ts";
import type { CampaignDeviceList, CampaignDeviceView } from "#server/services/campaign/view.ts";
import { ServiceError } from "#server/services/errors.ts";
import { defineQuery } from "#server/services/query.ts";

const open: readonly CampaignDeviceState[] = ["waiting", "asked", "issued"];

/** Devices of a campaign, with what keeps those that have not renewed. */
export const listCampaignDevices = defineQuery({
  name: "campaign.listDevices",
  can: "certificate.view",
  input: listCampaignDevicesSchema,
  run: async ({ ctx, tx, input }): Promise<CampaignDeviceList> => {
    const { tenantId } = ctx;
    const { campaignId: id, state, cursor, limit } = input;
    const count = await tx.rotationCampaign.count({ where: { tenantId, id } });
    if (count === 0) throw noCampaign();
    const found = await listDevicesOfCampaign(
      tx,
      { tenantId, id },
      {
        states: statesOf(state),
        after: afterOf(cursor),
        limit: limit + 1,
      },
    );
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      devices: page.map(toDeviceView),
      next: found.length > limit && last !== undefined ? last.uuid : null,
    };
  },
});

function statesOf(state: CampaignDeviceState | "open" | undefined): readonly CampaignDeviceState[] {
  if (state === undefined) return campaignDeviceStates;
  return state === "open" ? open : [state];
}

function afterOf(cursor: string | undefined): string | undefined {
  if (cursor === undefined || z.uuid().safeParse(cursor).success) return cursor;
  throw new ServiceError("invalid", "This page does not exist.", {
    remedy: "Start again at the first page.",
  });
}

function toDeviceView(row: CampaignDeviceRow): CampaignDeviceView {
  return {
    deviceId: row.deviceId ?? row.uuid,
    name: row.name ?? row.uuid,
    wave: row.wave + 1,
    state: row.state,
    askedAt: row.askedAt?.toISOString() ?? null,
    asks: row.asks,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    detail: row.detail,
    problem: explainWaiting(row) ?? null,
    oldCertificateId: row.oldCertificateId,
    newCertificateId: row.newCertificateId,
  };
}
