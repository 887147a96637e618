import { csvRecord } from "#server/domain/csv.ts";
import { listCampaignDevices } from "#server/services/campaign/list-devices.ts";
import type { CampaignDeviceList } from "#server/services/campaign/view.ts";
import type { Context } from "#server/services/context.ts";

const pageSize = 200;
const header = [
  "device_id",
  "name",
  "wave",
  "state",
  "asked_at",
  "asks",
  "finished_at",
  "reason",
  "old_certificate",
  "new_certificate",
];

/**
 * What became of each device of a campaign, as CSV, page by page.
 * @throws ServiceError as listCampaignDevices does, before the first record
 */
export async function campaignReport(
  ctx: Context,
  input: { readonly campaignId: string },
): Promise<AsyncGenerator<string, void>> {
  const { campaignId } = input;
  const read = (cursor?: string) =>
    listCampaignDevices(ctx, { campaignId, limit: pageSize, cursor });
  return records(read, await read());
}

async function* records(
  read: (cursor: string) => Promise<CampaignDeviceList>,
  first: CampaignDeviceList,
): AsyncGenerator<string, void> {
  yield csvRecord(header);
  let page = first;
  for (;;) {
    yield page.devices
      .map((each) =>
        csvRecord([
          each.deviceId,
          each.name,
          each.wave,
          each.state,
          each.askedAt ?? "",
          each.asks,
          each.finishedAt ?? "",
          each.detail === "" ? (each.problem?.problem ?? "") : each.detail,
          each.oldCertificateId,
          each.newCertificateId ?? "",
        ]),
      )
      .join("");
    if (page.next === null) return;
    page = await read(page.next);
  }
}
