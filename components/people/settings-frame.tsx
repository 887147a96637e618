import type { ReactNode } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { channelText } from "#components/strings/alert.ts";
import { limitText } from "#components/strings/limits.ts";
import { peopleText } from "#components/strings/people.ts";
import { serviceText } from "#components/strings/service-client.ts";
import { storageText } from "#components/strings/storage.ts";
import { TabLinks } from "#components/ui/tabs.tsx";
import { may, type Role } from "#server/domain/roles.ts";

/** Around the pages of Settings: their tabs, those that the role may open. */
export function SettingsFrame({
  role,
  children,
}: {
  readonly role: Role;
  readonly children: ReactNode;
}) {
  const tabs = [
    { href: "/settings/people", label: peopleText.people, can: "people.view" as const },
    { href: "/settings/account", label: peopleText.account, can: "session.own" as const },
    { href: "/settings/tokens", label: peopleText.tokens, can: "token.manage" as const },
    {
      href: "/settings/service-clients",
      label: serviceText.title,
      can: "serviceClient.view" as const,
    },
    { href: "/settings/alerts", label: channelText.tab, can: "alert.view" as const },
    { href: "/settings/limits", label: limitText.title, can: "limit.view" as const },
    { href: "/settings/storage", label: storageText.title, can: "storage.view" as const },
  ];
  return (
    <>
      <PageHeader title={peopleText.settings} />
      <TabLinks
        label={peopleText.settingsTabs}
        tabs={tabs.filter(({ can }) => may(role, can)).map(({ href, label }) => ({ href, label }))}
      />
      <div className="flex flex-col gap-5 pt-5">{children}</div>
    </>
  );
}
