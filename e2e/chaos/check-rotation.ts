/** What became of the devices of a rotation campaign, as they and the database say. */
export type RotationHistory = {
  /** Devices that the campaign was for. */
  readonly wanted: ReadonlySet<string>;
  /** Devices that have connected with the certificate that they hold, and were heard. */
  readonly heard: ReadonlySet<string>;
  /** One entry for every device: the certificate that it holds. */
  readonly held: readonly Held[];
  /** One entry for every certificate in use. */
  readonly active: readonly Held[];
  /** One entry for every device of every campaign that was not skipped. */
  readonly rotated: readonly {
    readonly deviceId: string;
    readonly campaign: string;
    readonly state: string;
    readonly open: boolean;
  }[];
};

type Held = { readonly deviceId: string; readonly sha256: string };

/**
 * Every device is in one campaign, has renewed, holds the one certificate that is in use, and can
 * connect with it. Pure.
 * @returns a sentence for each thing that was lost, doubled or left; empty when all is well
 */
export function checkRotation(history: RotationHistory): readonly string[] {
  const { wanted, heard, held, active, rotated } = history;
  const found: string[] = [];
  for (const deviceId of wanted) {
    const own = <T extends { readonly deviceId: string }>(all: readonly T[]) =>
      all.filter((each) => each.deviceId === deviceId);
    const rows = own(rotated);
    const [row] = rows;
    if (rows.length !== 1) found.push(`${deviceId} is in ${rows.length} campaigns.`);
    if (row !== undefined && row.state !== "renewed") found.push(`${deviceId} is ${row.state}.`);
    if (row?.open === true) found.push(`${deviceId} is not done with.`);
    const inUse = own(active).map(({ sha256 }) => sha256);
    if (inUse.length !== 1) found.push(`${deviceId} has ${inUse.length} certificates in use.`);
    const [mine] = own(held);
    if (mine === undefined || !inUse.includes(mine.sha256)) {
      found.push(`${deviceId} holds another certificate than the one in use.`);
    }
    if (!heard.has(deviceId)) found.push(`${deviceId} cannot connect: it is lost.`);
  }
  return found;
}
