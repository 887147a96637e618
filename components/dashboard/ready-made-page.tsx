"use client";
import { useRouter } from "next/navigation";
import { adopt } from "#app/(console)/dashboards/actions.ts";
import { dashboardHref } from "#components/dashboard/dashboard-queries.ts";
import { LookAt } from "#components/dashboard/dashboard-viewer.tsx";
import { PageHeader } from "#components/layout/page-header.tsx";
import { useChange } from "#components/people/use-change.ts";
import { dashboardText as text } from "#components/strings/dashboard.ts";
import { StateBadge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import type { ReadyMadeView } from "#server/services/dashboard/view.ts";

/** The dashboard that a profile has without anybody making it. */
export function ReadyMadePage({
  readyMade,
  mayEdit,
}: {
  readonly readyMade: ReadyMadeView;
  readonly mayEdit: boolean;
}) {
  const router = useRouter();
  const { profileId, name, content, references } = readyMade;
  const { busy, change } = useChange(adopt, (made) => {
    router.push(dashboardHref(made.id));
    return { title: text.madeMine(made.name) };
  });
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: text.dashboards, href: "/dashboards" }]}
        title={name}
        badge={<StateBadge tone="idle">{text.readyMade}</StateBadge>}
        subtitle={text.readyMadeSubtitle(name)}
        actions={
          mayEdit && (
            <Button variant="primary" busy={busy} onClick={() => void change({ profileId })}>
              {text.makeMine}
            </Button>
          )
        }
      />
      <LookAt content={content} known={references} />
    </>
  );
}
