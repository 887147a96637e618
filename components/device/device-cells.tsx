import { fleetText } from "#components/strings/device.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { formatCount } from "#components/ui/format.ts";
import { RelativeTime } from "#components/ui/time.tsx";
import { durationWords } from "#server/domain/duration-words.ts";
import type { DeviceSummary } from "#server/services/device/summary.ts";

/** When the device was last heard from and, where there is room, how often it should be. */
export function LastContact({
  device,
  isBrief = false,
}: {
  readonly device: DeviceSummary;
  readonly isBrief?: boolean;
}) {
  if (device.lastContactAt === null) return <span>{fleetText.never}</span>;
  return (
    <>
      <RelativeTime value={device.lastContactAt} />
      {!isBrief && (
        <span className="text-ink-3 max-lg:hidden">
          {fleetText.expectedEvery(durationWords(device.expectedContactSeconds))}
        </span>
      )}
    </>
  );
}

function daysWords(days: number): string {
  return days < 1 ? fleetText.lessThanDay : fleetText.daysLeft(formatCount(days));
}

/** How long the current certificate still counts; a badge when somebody should act. */
export function CertificateDays({
  certificate,
}: {
  readonly certificate: DeviceSummary["certificate"];
}) {
  const days = certificate.daysLeft ?? 0;
  switch (certificate.life) {
    case "valid":
      return <span>{daysWords(days)}</span>;
    case "renew_soon":
      return <StateBadge tone="warn">{daysWords(days)}</StateBadge>;
    case "expired":
      return <StateBadge tone="bad">{fleetText.expired}</StateBadge>;
    case "none":
      return <span className="text-ink-3">{fleetText.noCertificate}</span>;
  }
}
