import { storageText } from "#components/strings/storage.ts";
import { formatBytes } from "#components/ui/format.ts";

/** "+4.2 MB", "−1 kB": bytes a day; a dash while there is nothing to tell it from. */
export function growthWords(bytesPerDay: number | null): string {
  if (bytesPerDay === null) return storageText.unknown;
  const amount = formatBytes(Math.round(Math.abs(bytesPerDay)));
  if (Math.round(bytesPerDay) === 0) return amount;
  return `${bytesPerDay < 0 ? "−" : "+"}${amount}`;
}
