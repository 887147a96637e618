import type { ReactNode } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { hubText } from "#components/strings/onboard-hub.ts";
import { TabLinks } from "#components/ui/tabs.tsx";
import { may, type Role } from "#server/domain/roles.ts";

/** Around the pages of Onboard that are lists: their tabs, those that the role may open. */
export function OnboardFrame({
  role,
  actions,
  children,
}: {
  readonly role: Role;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const tabs = [
    { href: "/onboard", label: hubText.ways, exact: true },
    { href: "/onboard/groups", label: hubText.groups },
    { href: "/onboard/requests", label: hubText.requests },
    { href: "/onboard/batches", label: hubText.batches },
    { href: "/onboard/quarantine", label: hubText.quarantine },
  ];
  return (
    <>
      <PageHeader
        title={hubText.title}
        subtitle={hubText.subtitle}
        {...(actions !== undefined && { actions })}
      />
      {may(role, "enrolment.view") && <TabLinks label={hubText.tabs} tabs={tabs} />}
      <div className="flex flex-col gap-3.5 pt-5">{children}</div>
    </>
  );
}

/** The way back from a page inside Onboard, for its header. */
export function onboardCrumbs(
  ...steps: readonly { readonly label: string; readonly href?: string }[]
) {
  return [{ label: hubText.title, href: "/onboard" }, ...steps];
}
