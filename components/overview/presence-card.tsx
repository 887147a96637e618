import Link from "next/link";
import { ShareBar, type SharePart } from "#components/charts/share-bar.tsx";
import { overviewText } from "#components/strings/overview.ts";
import { Card, CardBody, CardHeader } from "#components/ui/card.tsx";
import { formatCount } from "#components/ui/format.ts";
import {
  presenceMeanings,
  presenceNames,
  presences,
  type Presence,
} from "#server/domain/presence.ts";

const tones: Readonly<Record<Presence, SharePart["tone"]>> = {
  online: "ok",
  idle: "idle",
  late: "warn",
  silent: "bad",
  never_seen: "none",
  suspended: "dim",
  decommissioned: "none",
  quarantined: "dim",
};

/** Devices in service by presence; each word leads to those devices. */
export function PresenceCard({
  presences: counts,
}: {
  readonly presences: readonly { readonly presence: Presence; readonly devices: number }[];
}) {
  const of = (presence: Presence) =>
    counts.find((each) => each.presence === presence)?.devices ?? 0;
  const parts = presences
    .filter((presence) => presence !== "decommissioned")
    .map((presence) => ({
      id: presence,
      value: of(presence),
      tone: tones[presence],
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
      </CardBody>
    </Card>
  );
}
