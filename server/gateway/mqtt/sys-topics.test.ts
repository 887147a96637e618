import { expect, test } from "vitest";
import type { Delivery } from "#server/broker/fanout.ts";
import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Session } from "#server/gateway/mqtt/session.ts";
import { createSysTopics, type SysFigures } from "#server/gateway/mqtt/sys-topics.ts";

test("totals and loads are told under Mosquitto's names, to those who subscribe to them alone", () => {
  let now = 0;
  const figures: { -readonly [Name in keyof SysFigures]: SysFigures[Name] } = {
    version: "Quayside 1",
    uptimeSeconds: 61.5,
    clientsConnected: 2,
    clientsTotal: 5,
    connects: 0,
    subscriptions: 7,
    messagesReceived: 0,
    messagesSent: 0,
    messagesDropped: 0,
    bytesReceived: 0,
  };
  const got: Delivery[] = [];
  const session = {
    subscriptions: new Map([
      ["$SYS/broker/#", { filter: "$SYS/broker/#", identifier: 4 }],
      ["#", { filter: "#" }],
    ]),
    outbound: { deliver: (delivery: Delivery) => got.push(delivery) },
  } as unknown as Session;
  const sessions = { all: () => [{ session } as Connection] };
  const sys = createSysTopics({ figures: () => ({ ...figures }), sessions, now: () => now });
  sys.publish();
  now = 60_000;
  figures.messagesReceived = 600;
  got.length = 0;
  sys.publish();

  const told = new Map(
    got.map(({ publication }) => [publication.topic, String(publication.payload)]),
  );
  expect(told.size).toBe(got.length);
  expect(told.get("$SYS/broker/uptime")).toBe("61 seconds");
  expect(told.get("$SYS/broker/clients/disconnected")).toBe("3");
  expect(told.get("$SYS/broker/messages/received")).toBe("600");
  expect(told.get("$SYS/broker/load/messages/received/1min")).toBe("379.27");
  expect(got[0]).toMatchObject({ qos: 0, retain: false, identifiers: [4], seq: undefined });
});
