import { fleetCsvHeader, fleetCsvRecord } from "#server/domain/fleet-csv.ts";
import { csvFile } from "#server/domain/csv.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** Downloads the devices as a CSV file, made here. */
export function downloadDevices(devices: readonly DeviceSummary[]): void {
  const text = csvFile(fleetCsvHeader, devices.map(fleetCsvRecord));
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = "devices.csv";
  link.click();
  URL.revokeObjectURL(url);
}
