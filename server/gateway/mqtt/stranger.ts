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

/** The time for CONNECT is over. */
export function connectTimeoutRefusal(
  state: Connection["state"],
  connectTimeoutMs: number,
): Refusal {
  if (state === "identifying") {
    return {
      cause: "unavailable",
      detail: `CONNECT could not be judged within ${connectTimeoutMs / 1_000} s.`,
      remedy: "Let the client try again; if it lasts, look at the database.",
    };
  }
  return {
    cause: "no-connect",
    detail: `No whole CONNECT arrived within ${connectTimeoutMs / 1_000} s.`,
    remedy: "Check that the client speaks MQTT, and the quality of its link.",
  };
}

/** A TLS client that went without a word. */
export const silentRefusal: Refusal = {
  cause: "no-connect",
  detail: "The client finished the TLS handshake and closed without sending CONNECT.",
  remedy: "Check in the client's log whether it accepts this server's certificate and name.",
};
