import type { TransportSpecification } from "#server/domain/transport-specification.ts";

/** What devices of a profile did in a while. */
export type ObservedTraffic = {
  readonly hours: number;
  /** That sent something. */
  readonly devices: number;
  /** Messages received, by transport. */
  readonly transports: Readonly<Record<string, number>>;
  /** Devices by the protocol of their newest connection. */
  readonly protocols: Readonly<Record<string, number>>;
  /** Messages looked at, by QoS. */
  readonly qos: Readonly<Record<string, number>>;
};

/** One aspect of a specification and what was seen of it. */
export type TrafficFinding = {
  readonly aspect: "transport" | "protocol" | "qos" | "rate";
  readonly specified: string;
  readonly observed: string;
  /** no_traffic: there is nothing to compare with. */
  readonly verdict: "agrees" | "differs" | "no_traffic";
  /** A sentence: what differs, and what to do. Empty where nothing does. */
  readonly detail: string;
};

/** An observed rate may be this many times the specified one, either way. */
const rateTolerance = 2;

const protocolNames: Readonly<Record<TransportSpecification["protocol"], string>> = {
  "mqtt-5": "MQTT 5.0",
  "mqtt-3.1.1": "MQTT 3.1.1",
};

function share(counts: Readonly<Record<string, number>>, unit: string): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, count]) => `${name}: ${count} ${unit}`)
    .join(", ");
}

function others(counts: Readonly<Record<string, number>>, allowed: readonly string[]): string[] {
  return Object.entries(counts)
    .filter(([name, count]) => count > 0 && !allowed.includes(name))
    .map(([name]) => name);
}

type Aspect = {
  readonly aspect: TrafficFinding["aspect"];
  readonly counts: Readonly<Record<string, number>>;
  readonly unit: string;
  readonly allowed: readonly string[];
  readonly what: string;
};

function counted({ aspect, counts, unit, allowed, what }: Aspect): TrafficFinding {
  const specified = allowed.join(", ");
  const observed = share(counts, unit);
  if (observed === "") {
    return { aspect, specified, observed: "nothing", verdict: "no_traffic", detail: "" };
  }
  const wrong = others(counts, allowed);
  if (wrong.length === 0) return { aspect, specified, observed, verdict: "agrees", detail: "" };
  const detail = `Devices use ${what} ${wrong.join(", ")}, which the specification does not name. Change the devices, or the specification.`;
  return { aspect, specified, observed, verdict: "differs", detail };
}

function rate(specification: TransportSpecification, traffic: ObservedTraffic): TrafficFinding {
  const { messagesPerHour } = specification;
  const specified = `${messagesPerHour} an hour`;
  const messages = Object.values(traffic.transports).reduce((sum, count) => sum + count, 0);
  if (messages === 0 || traffic.devices === 0) {
    return { aspect: "rate", specified, observed: "nothing", verdict: "no_traffic", detail: "" };
  }
  const each = messages / traffic.devices / traffic.hours;
  const observed = `${each < 10 ? Math.round(each * 10) / 10 : Math.round(each)} an hour`;
  if (each <= messagesPerHour * rateTolerance && each >= messagesPerHour / rateTolerance) {
    return { aspect: "rate", specified, observed, verdict: "agrees", detail: "" };
  }
  const word = each > messagesPerHour ? "more" : "less";
  const detail = `A device sends ${word} than half or twice what is specified. Look for devices that ${word === "more" ? "flood" : "fall silent"}, or correct the specification.`;
  return { aspect: "rate", specified, observed, verdict: "differs", detail };
}

/** Compares what was specified with what devices do, aspect by aspect. */
export function compareTraffic(
  specification: TransportSpecification,
  traffic: ObservedTraffic,
): readonly TrafficFinding[] {
  return [
    counted({
      aspect: "transport",
      counts: traffic.transports,
      unit: "messages",
      allowed: specification.transports,
      what: "the transport",
    }),
    counted({
      aspect: "protocol",
      counts: traffic.protocols,
      unit: "devices",
      allowed: [protocolNames[specification.protocol]],
      what: "the protocol",
    }),
    counted({
      aspect: "qos",
      counts: traffic.qos,
      unit: "messages",
      allowed: [`QoS ${specification.qos}`],
      what: "",
    }),
    rate(specification, traffic),
  ];
}
