import type { BatchSource } from "#server/domain/device-batch.ts";

/** What writes an export, by the platform's own tools. */
export const exportCommands: Readonly<Partial<Record<BatchSource, string>>> = {
  aws: "aws iot list-things --output json > things.json",
  azure: [
    "az iot hub device-identity list --hub-name HUB --output json > devices.json",
    "# with keys, into the container as devices.txt:",
    "az iot hub device-identity export --hub-name HUB --include-keys true --blob-container-uri URI",
    "az iot dps enrollment list --dps-name DPS --resource-group GROUP --output json > enrollments.json",
  ].join("\n"),
  thingsboard:
    'curl --header "X-Authorization: Bearer TOKEN" "https://THINGSBOARD/api/tenant/devices?pageSize=10000&page=0" > devices.json',
};
