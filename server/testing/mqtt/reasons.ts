/** Why statements that bind a server have no test of their own. */
type Reasoned = { readonly reason: string; readonly numbers: readonly string[] };

const groups: readonly Reasoned[] = [
  {
    reason:
      "Not implemented: no authentication method is offered. CONNECT with one is refused with 0x8C (MQTT-4.12.0-1), so no AUTH is ever exchanged.",
    numbers: [
      "MQTT-3.15.2-1",
      "MQTT-3.15.2-2",
      "MQTT-3.15.2-3",
      "MQTT-4.12.0-2",
      "MQTT-4.12.0-4",
      "MQTT-4.12.0-5",
      "MQTT-4.12.1-2",
    ],
  },
  {
    reason: "Does not arise: every QoS is served (MQTT-3.2.2-9).",
    numbers: ["MQTT-3.2.2-10", "MQTT-3.2.2-12"],
  },
  {
    reason: "Does not arise: retained messages are served.",
    numbers: ["MQTT-3.2.2-13"],
  },
  {
    reason: "Does not arise: wildcards are served.",
    numbers: ["MQTT3-3.8.3-2"],
  },
  {
    reason:
      "Does not arise: overlapping subscriptions bring one copy, with all identifiers (MQTT-3.3.4-4).",
    numbers: ["MQTT-3.3.4-5"],
  },
  {
    reason: "Does not arise: the server connects to no other server.",
    numbers: ["MQTT3-7.0.0-1"],
  },
  {
    reason:
      "Nothing to test: the two-byte length in front of text cannot say more. The server refuses topics and filters above a limit of its own that is much lower.",
    numbers: ["MQTT-4.7.3-3", "MQTT3-4.7.3-3"],
  },
];

/** Reason by number of statement. */
export const reasons: ReadonlyMap<string, string> = new Map(
  groups.flatMap(({ reason, numbers }) => numbers.map((number) => [number, reason] as const)),
);
