import { expect, it } from "vitest";
import { tellContacts } from "#server/ingest/contacts.ts";
import type { Contact } from "#server/ingest/start.ts";
import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { Content } from "#server/pipeline/run-stages.ts";
import type { Stage } from "#server/pipeline/stage.ts";

const receivedAt = Date.UTC(2026, 10, 28, 12);
const hoursAgo = (hours: number): number => receivedAt - hours * 3_600_000;
const child = { deviceKey: 1n, deviceId: "child" } as DeviceIdentity;
const gateway = { deviceKey: 2n, deviceId: "gateway" } as DeviceIdentity;
const message = { device: child, gateway, channel: "telemetry", receivedAt } as InboundMessage;
const readingsOf = (...times: number[]) =>
  ({
    ok: true,
    value: { readings: times.map((at) => ({ tsMicros: at * 1000 })), document: undefined },
  }) as unknown as Stage<Content>;
const refusal = (eventMs?: number) =>
  ({ ok: false, reason: "schema-mismatch", detail: "", eventMs }) as unknown as Stage<Content>;

const rows: readonly [what: string, result: Stage<Content>, eventAt: number][] = [
  ["a reading of now", readingsOf(receivedAt), receivedAt],
  ["back-fill counts with its newest reading", readingsOf(hoursAgo(9), hoursAgo(5)), hoursAgo(5)],
  ["a message without readings", readingsOf(), receivedAt],
  ["one that was refused", refusal(), receivedAt],
  ["back-fill that was refused", refusal(hoursAgo(30)), hoursAgo(30)],
  ["one that was refused, of a clock in 1970", refusal(5_000), receivedAt],
];

it.each(rows)("of a child: %s", (_what, result, eventAt) => {
  const told: [bigint, Contact][] = [];
  tellContacts((device, contact) => told.push([device.deviceKey, contact]), message, result);
  expect(told).toEqual([
    [1n, { receivedAt, firmware: undefined, eventAt }],
    [2n, { receivedAt }],
  ]);
});

it("what a device says itself is a sign of life now, however old it is", () => {
  const told: [bigint, Contact][] = [];
  const { gateway: _none, ...own } = message;
  tellContacts((device, contact) => told.push([device.deviceKey, contact]), own, readingsOf(1));
  expect(told).toEqual([[1n, { receivedAt, firmware: undefined }]]);
});
