import {
  ArrowRightLeft,
  BadgeCheck,
  Bell,
  ChartSpline,
  Braces,
  Inbox,
  LayoutDashboard,
  LayoutGrid,
  ListTodo,
  Plus,
  Router,
  ScrollText,
  Settings,
  Shapes,
  ShieldX,
  type LucideIcon,
} from "lucide-react";
import { layoutText } from "#components/strings/layout.ts";
import { may, type Capability, type Role } from "#server/domain/roles.ts";

export type NavigationEntry = {
  readonly href: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly can: Capability;
  /** Pressed after `g`. */
  readonly key: string;
};

export type NavigationPart = {
  readonly title: string | null;
  readonly entries: readonly NavigationEntry[];
};

/** The three jobs: bring in and see, respond, prove. */
const parts: readonly NavigationPart[] = [
  {
    title: null,
    entries: [
      { href: "/", label: layoutText.overview, icon: LayoutGrid, can: "fleet.view", key: "o" },
      { href: "/devices", label: layoutText.devices, icon: Router, can: "fleet.view", key: "d" },
      {
        href: "/explore",
        label: layoutText.explore,
        icon: ChartSpline,
        can: "telemetry.view",
        key: "x",
      },
      {
        href: "/dashboards",
        label: layoutText.dashboards,
        icon: LayoutDashboard,
        can: "telemetry.view",
        key: "b",
      },
      { href: "/onboard", label: layoutText.onboard, icon: Plus, can: "enrolment.view", key: "n" },
      { href: "/profiles", label: layoutText.profiles, icon: Shapes, can: "fleet.view", key: "p" },
      { href: "/schemas", label: layoutText.schemas, icon: Braces, can: "schema.view", key: "c" },
      {
        href: "/certificates",
        label: layoutText.certificates,
        icon: BadgeCheck,
        can: "certificate.view",
        key: "e",
      },
    ],
  },
  {
    title: layoutText.partRespond,
    entries: [
      { href: "/alerts", label: layoutText.alerts, icon: Bell, can: "alert.view", key: "t" },
      {
        href: "/messages",
        label: layoutText.messages,
        icon: ArrowRightLeft,
        can: "telemetry.view",
        key: "m",
      },
      { href: "/refused", label: layoutText.refused, icon: ShieldX, can: "fleet.view", key: "r" },
      {
        href: "/dead-letters",
        label: layoutText.deadLetters,
        icon: Inbox,
        can: "deadLetter.view",
        key: "l",
      },
      { href: "/work", label: layoutText.work, icon: ListTodo, can: "fleet.view", key: "w" },
    ],
  },
  {
    title: layoutText.partProve,
    entries: [
      { href: "/audit", label: layoutText.audit, icon: ScrollText, can: "audit.view", key: "a" },
      {
        href: "/settings",
        label: layoutText.settings,
        icon: Settings,
        can: "session.own",
        key: "s",
      },
    ],
  },
];

/** The parts with the entries that the role may open. */
export function navigationFor(role: Role): readonly NavigationPart[] {
  return parts
    .map((part) => ({ ...part, entries: part.entries.filter((entry) => may(role, entry.can)) }))
    .filter((part) => part.entries.length > 0);
}

/** Whether the entry is where the reader is. */
export function isCurrent(entry: NavigationEntry, path: string): boolean {
  if (entry.href === "/") return path === "/";
  const top = `/${entry.href.split("/")[1] ?? ""}`;
  // The map, the groups and the availability of devices are views of the fleet.
  if (top === "/devices" && path.startsWith("/fleet/")) return true;
  return path === top || path.startsWith(`${top}/`);
}
