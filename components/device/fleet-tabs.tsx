import { fleetText } from "#components/strings/device.ts";
import { TabLinks } from "#components/ui/tabs.tsx";

const tabs = [
  { href: "/devices", label: fleetText.tabTable, exact: true },
  { href: "/fleet/map", label: fleetText.tabMap },
  { href: "/fleet/groups", label: fleetText.tabGroups },
  { href: "/fleet/availability", label: fleetText.tabAvailability },
];

/** The ways to look at the whole fleet. */
export function FleetTabs() {
  return (
    <div className="mb-4">
      <TabLinks label={fleetText.tabs} tabs={tabs} />
    </div>
  );
}
