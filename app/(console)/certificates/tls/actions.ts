"use server";
import { changeTlsProfile } from "#server/services/tls/change-profile.ts";
import { createTlsProbeDevice } from "#server/services/tls/create-probe-device.ts";
import { requestTlsProbe } from "#server/services/tls/request-probe.ts";
import { defineAction } from "#server/web/action.ts";

export const changeProfile = defineAction(changeTlsProfile);
export const requestProbe = defineAction(requestTlsProbe);
export const createProbeDevice = defineAction(createTlsProbeDevice);
