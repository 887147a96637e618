import { pino } from "pino";
import { describe, expect, test } from "vitest";
import type { DeviceContactRow } from "#server/db/write-device-contacts.ts";
import type { ConnectionEventRow, DeviceSessionRow } from "#server/db/write-device-sessions.ts";
import type { LiveFrame } from "#server/domain/live.ts";
import { createDeviceStatus, type SessionFacts } from "#server/gateway/device-status.ts";

const facts: SessionFacts = {
  tenantId: "acme",
  deviceKey: 17n,
  connectedAt: new Date(1_000),
  remoteAddress: "10.1.2.3",
  clientId: "pump-17",
  protocol: "MQTT 5.0",
  tlsVersion: null,
  tlsCipher: null,
  certificateSha256: null,
};

function setUp() {
  const sessions: DeviceSessionRow[] = [];
  const events: ConnectionEventRow[] = [];
  const contacts: DeviceContactRow[] = [];
  const frames: LiveFrame[] = [];
  const reasserted: bigint[] = [];
  const state: { away: boolean; meanwhile?: () => void } = { away: false };
  const status = createDeviceStatus({
    store: {
      writeSessions: async (rows, happened) => {
        if (state.away) throw new Error("away");
        state.meanwhile?.();
        delete state.meanwhile;
        sessions.push(...rows);
        events.push(...happened);
      },
      writeContacts: async (rows) => {
        contacts.push(...rows);
      },
      reassert: async (open) => void reasserted.push(...open.map(({ deviceKey }) => deviceKey)),
    },
    live: { emit: (_, frame) => frames.push(frame) },
    log: pino({ level: "silent" }),
    workerId: "worker",
    now: () => 2_000,
  });
  return { sessions, events, contacts, frames, reasserted, state, status };
}

describe("device status", () => {
  test("of one that comes while others are written, what it says waits with its session", async () => {
    const { status, sessions, contacts, state } = setUp();
    status.connected(facts);
    state.meanwhile = () => {
      status.connected({ ...facts, deviceKey: 18n });
      status.note({ tenantId: "acme", deviceKey: 18n }, { receivedAt: 5_000 });
    };
    await status.flush();
    expect(sessions.map(({ deviceKey }) => deviceKey)).toEqual([17n]);
    expect(contacts).toEqual([]);
    await status.stop();
    expect(sessions.map(({ deviceKey }) => deviceKey)).toEqual([17n, 18n]);
    expect(contacts).toMatchObject([{ deviceKey: 18n }]);
  });

  test("is written once for many connects and messages, and shown each time", async () => {
    const { status, sessions, contacts, frames } = setUp();
    status.connected(facts);
    status.disconnected(facts, "connection lost");
    status.connected(facts);
    for (let n = 0; n < 100; n += 1) {
      const firmware = n === 50 ? "2.4.1" : undefined;
      status.note({ tenantId: "acme", deviceKey: 17n }, { receivedAt: 5_000 + n, firmware });
    }
    status.note({ tenantId: "acme", deviceKey: 17n }, { receivedAt: 4_000 });
    await status.stop();
    expect(sessions).toHaveLength(1);
    expect(sessions[0]).toMatchObject({ connected: true, workerId: "worker" });
    expect(contacts).toEqual([
      {
        tenantId: "acme",
        deviceKey: 17n,
        lastMessageAt: new Date(5_099),
        contactAt: new Date(5_099),
        firmware: "2.4.1",
      },
    ]);
    expect(frames.map((frame) => frame.kind === "status" && frame.connected)).toEqual([
      true,
      false,
      true,
    ]);
  });

  test("counts back-fill by the time of its readings, and no clock that is ahead", async () => {
    const { status, contacts } = setUp();
    const pump = { tenantId: "acme", deviceKey: 17n };
    status.note(pump, { receivedAt: 9_000, eventAt: 1_000 });
    status.note(pump, { receivedAt: 9_100, eventAt: 800 });
    status.note({ ...pump, deviceKey: 18n }, { receivedAt: 9_000, eventAt: 4_070_908_800_000 });
    await status.stop();
    expect(contacts.map((row) => [row.lastMessageAt.getTime(), row.contactAt?.getTime()])).toEqual([
      [9_100, 1_000],
      [9_000, 9_000],
    ]);
  });

  test("says once more which connections are open when others took its worker for dead", async () => {
    const { status, reasserted } = setUp();
    status.connected(facts);
    status.connected({ ...facts, deviceKey: 18n });
    status.disconnected({ ...facts, deviceKey: 18n }, "connection lost");
    await status.flush();
    expect(reasserted).toEqual([]);

    status.reassert();
    await status.flush();
    await status.stop();

    expect(reasserted).toEqual([17n]);
  });

  test("waits while the database is away", async () => {
    const { status, sessions, state } = setUp();
    state.away = true;
    status.disconnected(facts, "connection lost");
    await status.flush();
    state.away = false;
    await status.stop();
    expect(sessions[0]).toMatchObject({
      connected: false,
      disconnectedAt: new Date(2_000),
      disconnectReason: "connection lost",
    });
  });

  test("notes when a device came and went, and counts instead when it flaps", async () => {
    const { status, events, state } = setUp();
    state.away = true;
    status.connected(facts);
    status.disconnected(facts, "connection lost");
    await status.flush();
    status.connected({ ...facts, connectedAt: new Date(1_500), remoteAddress: "10.9.9.9" });
    state.away = false;
    await status.flush();
    status.disconnected(facts, "keep-alive timeout");
    await status.stop();

    const kept = events.map(({ kind, at, reason, remoteAddress, count }) => {
      return { kind, at: at.getTime(), reason, remoteAddress, count };
    });
    expect(kept).toEqual([
      { kind: "connected", at: 1_500, reason: null, remoteAddress: "10.9.9.9", count: 2 },
      {
        kind: "disconnected",
        at: 2_000,
        reason: "connection lost",
        remoteAddress: "10.1.2.3",
        count: 1,
      },
      {
        kind: "disconnected",
        at: 2_000,
        reason: "keep-alive timeout",
        remoteAddress: "10.1.2.3",
        count: 1,
      },
    ]);
  });
});
