import { downloadFile } from "#components/device/download.ts";
import { csvFile } from "#server/domain/csv.ts";
import { fleetCsvHeader, fleetCsvRecord } from "#server/domain/fleet-csv.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** Downloads the devices as a CSV file, made here. */
export function downloadDevices(devices: readonly DeviceSummary[]): void {
  downloadFile("devices.csv", csvFile(fleetCsvHeader, devices.map(fleetCsvRecord)));
}
