import Link from "next/link";
import { presenceShareTones } from "#components/device/presence-share-tones.ts";
import { ShareBar } from "#components/charts/share-bar.tsx";
import { gatewayText } from "#components/strings/gateway.ts";
import { overviewText } from "#components/strings/overview.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import {
  presenceMeanings,
  presenceNames,
  presences,
  type Presence,
} from "#server/domain/presence.ts";
import type { OverviewView } from "#server/services/overview/show.ts";

/** Devices in service by presence; each word leads to those devices. */
export function PresenceCard({
  presences: counts,
  quietGateways,
}: {
  readonly presences: readonly { readonly presence: Presence; readonly devices: number }[];
  readonly quietGateways: OverviewView["quietGateways"];
}) {
  const of = (presence: Presence) =>
    counts.find((each) => each.presence === presence)?.devices ?? 0;
  const parts = presences
    .filter((presence) => presence !== "decommissioned")
    .map((presence) => ({
      id: presence,
      value: of(presence),
      tone: presenceShareTones[presence],
      label: (
        <Link
          href={`/devices?presence=${presence}`}
          title={presenceMeanings[presence]}
          className="hover:text-ink hover:underline"
        >
          {presenceNames[presence]}
        </Link>
      ),
    }));
  const gone = of("decommissioned");
  return (
    <Card labelledBy="overview-presence">
      <CardHeader
        id="overview-presence"
        title={overviewText.presence}
        aside={
          gone === 0 ? overviewText.presenceAside : overviewText.decommissioned(formatCount(gone))
        }
      />
      <CardBody>
        <ShareBar parts={parts} />
        <QuietGateways gateways={quietGateways} />
      </CardBody>
    </Card>
  );
}

/** What hundreds of overdue devices have in common is one line, not hundreds. */
function QuietGateways({ gateways }: { readonly gateways: OverviewView["quietGateways"] }) {
  if (gateways.length === 0) return null;
  return (
    <ul className="mt-3 flex flex-col gap-1 border-t border-line pt-3">
      {gateways.map(({ id, deviceId, name, presence, devices }) => (
        <li key={id} data-quiet-gateway>
          <Link href={`/devices/${deviceId}`} className="font-medium hover:underline">
            {gatewayText.quiet(name, presenceNames[presence])}
          </Link>{" "}
          <Link
            href={`/devices?gateway=${id}&presence=stranded`}
            className="text-ink-2 hover:text-ink hover:underline"
          >
            {gatewayText.quietDevices(formatCount(devices))}
          </Link>
        </li>
      ))}
    </ul>
  );
}
