import type { ReactNode } from "react";
import { PageHeader } from "#components/layout/page-header.tsx";
import { certificateText } from "#components/strings/certificates.ts";
import { TabLinks } from "#components/ui/tabs.tsx";
import { may, type Capability, type Role } from "#server/domain/roles.ts";

type Tab = {
  readonly href: string;
  readonly label: string;
  readonly can: Capability;
  readonly exact?: boolean;
};

const tabs: readonly Tab[] = [
  { href: "/certificates", label: certificateText.all, can: "certificate.view", exact: true },
  { href: "/certificates/campaigns", label: certificateText.campaigns, can: "certificate.view" },
  {
    href: "/certificates/revocations",
    label: certificateText.revocations,
    can: "certificate.view",
  },
  { href: "/certificates/authorities", label: certificateText.authorities, can: "authority.view" },
  { href: "/certificates/tls", label: certificateText.tls, can: "tls.view" },
  { href: "/certificates/inventory", label: certificateText.inventory, can: "certificate.view" },
];

/** Around the lists about certificates: their tabs, those that the role may open. */
export function CertificatesFrame({
  role,
  children,
}: {
  readonly role: Role;
  readonly children: ReactNode;
}) {
  return (
    <>
      <PageHeader title={certificateText.title} />
      <TabLinks label={certificateText.tabs} tabs={tabs.filter(({ can }) => may(role, can))} />
      <div className="flex flex-col gap-5 pt-5">{children}</div>
    </>
  );
}
