import type { Connection } from "#server/gateway/mqtt/connection.ts";
import type { Refusal } from "#server/gateway/refusal.ts";

/** Says what a peer seems to speak that does not begin with a CONNECT packet. */
export function strangerRefusal({ facts, frames }: Pick<Connection, "facts" | "frames">): Refusal {
  const from = Math.min(frames.start, frames.end);
  const first = frames.buffer.subarray(from, from + 8);
  if (facts.transport === "mqtt" && first[0] === 0x16 && (first[1] ?? 3) === 3) {
    return {
      cause: "malformed",
      detail: "The client began a TLS handshake on the port for plain MQTT.",
      remedy: "Use the port for MQTT over TLS (MQTTS_PORT, 8883 unless set otherwise).",
    };
  }
  if (/^(?:GET|POST|PUT|HEAD|OPTIONS|CONNECT) ?/.test(first.toString("latin1"))) {
    return {
      cause: "malformed",
      detail: "The client speaks HTTP, not MQTT.",
      remedy: "Use this port with an MQTT client; the console has its own address.",
    };
  }
  return {
    cause: "malformed",
    detail: "The first packet was not CONNECT.",
    remedy: "Check that the client speaks MQTT 3.1.1 or 5.",
  };
}
