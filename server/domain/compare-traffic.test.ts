import { describe, expect, it } from "vitest";
import { compareTraffic, type ObservedTraffic } from "#server/domain/compare-traffic.ts";
import type { TransportSpecification } from "#server/domain/transport-specification.ts";

const specification: TransportSpecification = {
  transports: ["mqtts", "wss"],
  protocol: "mqtt-5",
  qos: 1,
  deviceClass: "class-2",
  messagesPerHour: 60,
  rationale: "",
};

const asSpecified: ObservedTraffic = {
  hours: 24,
  devices: 10,
  transports: { mqtts: 14_000, wss: 400 },
  protocols: { "MQTT 5.0": 10 },
  qos: { "QoS 1": 200 },
};

const verdicts = (traffic: Partial<ObservedTraffic>) =>
  Object.fromEntries(
    compareTraffic(specification, { ...asSpecified, ...traffic }).map(({ aspect, verdict }) => [
      aspect,
      verdict,
    ]),
  );

describe("compareTraffic", () => {
  it.each([
    ["as specified", {}, {}],
    ["another transport", { transports: { mqtts: 14_000, mqtt: 1 } }, { transport: "differs" }],
    [
      "an older protocol",
      { protocols: { "MQTT 5.0": 9, "MQTT 3.1.1": 1 } },
      { protocol: "differs" },
    ],
    ["another QoS", { qos: { "QoS 0": 3, "QoS 1": 197 } }, { qos: "differs" }],
    ["twice the rate", { transports: { mqtts: 28_800 } }, {}],
    ["more than twice the rate", { transports: { mqtts: 28_801 } }, { rate: "differs" }],
    ["half the rate", { transports: { mqtts: 7_200 } }, {}],
    ["less than half the rate", { transports: { mqtts: 7_199 } }, { rate: "differs" }],
    [
      "nothing at all",
      { devices: 0, transports: {}, protocols: {}, qos: {} },
      {
        transport: "no_traffic",
        protocol: "no_traffic",
        qos: "no_traffic",
        rate: "no_traffic",
      },
    ],
  ])("%s", (_, traffic: Partial<ObservedTraffic>, different) => {
    expect(verdicts(traffic)).toEqual({
      transport: "agrees",
      protocol: "agrees",
      qos: "agrees",
      rate: "agrees",
      ...different,
    });
  });

  it("says what differs and what to do", () => {
    const [transport] = compareTraffic(specification, {
      ...asSpecified,
      transports: { mqtts: 14_000, mqtt: 5 },
    });

    expect(transport).toMatchObject({
      specified: "mqtts, wss",
      observed: "mqtts: 14000 messages, mqtt: 5 messages",
      detail:
        "Devices use the transport mqtt, which the specification does not name. Change the devices, or the specification.",
    });
  });
});
