/** What people decided about a device. A device in quarantine may connect; its messages are kept apart. */
export const deviceStates = ["active", "suspended", "decommissioned", "quarantined"] as const;
export type DeviceState = (typeof deviceStates)[number];
