import type { Metadata } from "next";
import {
  AvailabilityPage,
  type AvailabilityRefusal,
} from "#components/availability/availability-page.tsx";
import { viewFromParams, viewParams } from "#components/availability/availability-view.ts";
import { availabilityWords } from "#components/strings/presence.ts";
import { shownAvailability } from "#server/services/presence/availability.ts";
import { ServiceError } from "#server/services/errors.ts";
import { listGroups } from "#server/services/group/list.ts";
import { listProfiles } from "#server/services/profile/list.ts";
import { requireSession } from "#server/web/session.ts";

export const metadata: Metadata = { title: availabilityWords.title };

const nameOf = ({ id, name }: { readonly id: string; readonly name: string }) => ({ id, name });

/** Too many devices for so many days is an answer of the page, not a failure. */
function refusalOf(error: unknown): AvailabilityRefusal {
  if (!(error instanceof ServiceError) || error.code !== "invalid") throw error;
  return { refused: [error.message, error.remedy].filter(Boolean).join(" ") };
}

type Props = {
  readonly searchParams: Promise<Readonly<Record<string, string | string[] | undefined>>>;
};

export default async function FleetAvailabilityPage({ searchParams }: Props) {
  const ctx = await requireSession();
  const search = await searchParams;
  const view = viewFromParams((name) => [search[name]].flat()[0]);
  const [report, profiles, groups] = await Promise.all([
    shownAvailability(ctx, { ...viewParams(view), by: view.by }).catch(refusalOf),
    listProfiles(ctx, {}),
    listGroups(ctx, {}),
  ]);
  const choices = { profiles: profiles.map(nameOf), groups: groups.map(nameOf) };
  return <AvailabilityPage report={report} view={view} choices={choices} />;
}
