import {
  BadgeCheck,
  Bell,
  BookOpen,
  ChartSpline,
  FileDown,
  LayoutDashboard,
  Plus,
  Router,
  Settings,
  UserPlus,
  type LucideIcon,
} from "lucide-react";
import { navigationFor } from "#components/layout/navigation.ts";
import { paletteText } from "#components/strings/palette.ts";
import { may, type Capability, type Role } from "#server/domain/roles.ts";

/** A page that the palette leads to. */
export type PalettePage = {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
};

type Entry = PalettePage & { readonly can: Capability };

const { pages, acts } = paletteText;

/** Pages below those of the navigation. */
const below: readonly Entry[] = [
  { href: "/fleet/map", label: pages.map, icon: Router, can: "fleet.view" },
  { href: "/fleet/groups", label: pages.groups, icon: Router, can: "fleet.view" },
  { href: "/fleet/availability", label: pages.availability, icon: Router, can: "fleet.view" },
  { href: "/messages/live", label: pages.tail, icon: ChartSpline, can: "telemetry.view" },
  { href: "/messages/follow", label: pages.follow, icon: ChartSpline, can: "telemetry.view" },
  { href: "/onboard/batches", label: pages.batches, icon: Plus, can: "enrolment.view" },
  { href: "/onboard/groups", label: pages.enrolmentGroups, icon: Plus, can: "enrolment.view" },
  { href: "/onboard/requests", label: pages.requests, icon: Plus, can: "enrolment.view" },
  { href: "/onboard/quarantine", label: pages.quarantine, icon: Plus, can: "enrolment.view" },
  {
    href: "/certificates/campaigns",
    label: pages.campaigns,
    icon: BadgeCheck,
    can: "certificate.view",
  },
  {
    href: "/certificates/revocations",
    label: pages.revocations,
    icon: BadgeCheck,
    can: "certificate.view",
  },
  {
    href: "/certificates/inventory",
    label: pages.inventory,
    icon: BadgeCheck,
    can: "certificate.view",
  },
  {
    href: "/certificates/authorities",
    label: pages.authorities,
    icon: BadgeCheck,
    can: "authority.view",
  },
  { href: "/certificates/tls", label: pages.tls, icon: BadgeCheck, can: "tls.view" },
  { href: "/settings/account", label: pages.account, icon: Settings, can: "session.own" },
  { href: "/settings/people", label: pages.people, icon: Settings, can: "people.view" },
  { href: "/settings/tokens", label: pages.tokens, icon: Settings, can: "token.manage" },
  {
    href: "/settings/service-clients",
    label: pages.serviceClients,
    icon: Settings,
    can: "serviceClient.view",
  },
  { href: "/settings/alerts", label: pages.alertSettings, icon: Settings, can: "alert.view" },
  { href: "/settings/limits", label: pages.limits, icon: Settings, can: "limit.view" },
  { href: "/settings/storage", label: pages.storage, icon: Settings, can: "storage.view" },
  { href: "/docs/mqtt", label: pages.docsMqtt, icon: BookOpen, can: "session.own" },
  { href: "/docs/enrolment", label: pages.docsEnrolment, icon: BookOpen, can: "session.own" },
  { href: "/docs/api", label: pages.docsApi, icon: BookOpen, can: "session.own" },
];

/** What one begins, as the palette names it. */
const begun: readonly Entry[] = [
  { href: "/onboard/device", label: acts.onboardDevice, icon: Plus, can: "device.manage" },
  { href: "/onboard/gateway", label: acts.onboardGateway, icon: Plus, can: "device.manage" },
  { href: "/onboard/batches/new", label: acts.startBatch, icon: Plus, can: "enrolment.manage" },
  {
    href: "/dashboards",
    label: acts.createDashboard,
    icon: LayoutDashboard,
    can: "dashboard.edit",
  },
  { href: "/explore", label: acts.exportTelemetry, icon: FileDown, can: "telemetry.export" },
  { href: "/alerts?state=open", label: acts.openAlerts, icon: Bell, can: "alert.view" },
  {
    href: "/certificates/campaigns/new",
    label: acts.planCampaign,
    icon: BadgeCheck,
    can: "certificate.rotate",
  },
  { href: "/settings/people", label: acts.invite, icon: UserPlus, can: "people.manage" },
];

/** The pages that the role may open. */
export function palettePages(role: Role): readonly PalettePage[] {
  const top = navigationFor(role).flatMap((part) => part.entries);
  return [...top, ...below.filter(({ can }) => may(role, can))];
}

/** The things that the role may begin. */
export function paletteActs(role: Role): readonly PalettePage[] {
  return begun.filter(({ can }) => may(role, can));
}
