import type { DeviceDetail } from "#server/services/device/show.ts";

/** The device that is to be a gateway, as the steps of the wizard need it. */
export type ChosenGateway = Pick<DeviceDetail, "id" | "deviceId" | "name" | "childPolicy">;
