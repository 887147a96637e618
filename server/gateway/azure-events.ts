/**
 * What a device publishes as Azure's SDKs do: `devices/{deviceId}/messages/events/{properties}`, with
 * the properties of the message URL-encoded at the end of the topic. It is telemetry like any other.
 */

/** The canonical form of such a publication. */
export type AzureEvent = {
  readonly id?: string;
  readonly contentType?: string;
  /** Properties of the application, encoded as MQTT 5 user properties for those who subscribe. */
  readonly forwarded: Buffer;
};

const userProperty = 0x26;
const longestText = 0xffff;

/** @returns undefined when the topic is not the device's own, or its properties cannot be read */
export function readAzureEvent(deviceId: string, topic: string): AzureEvent | undefined {
  const root = `devices/${deviceId}/messages/events/`;
  if (!topic.startsWith(root)) return undefined;
  const bag = readBag(topic.slice(root.length).replace(/\/$/, ""));
  if (bag === undefined) return undefined;
  const said = new Map(bag);
  const [id, contentType] = [said.get("$.mid"), said.get("$.ct")];
  const others = bag.filter(([name]) => !name.startsWith("$."));
  return {
    ...(id === undefined ? {} : { id }),
    ...(contentType === undefined ? {} : { contentType }),
    forwarded: Buffer.concat(others.flatMap(([name, value]) => encode(name, value))),
  };
}

/** `name=value&…`; a leading question mark is Azure's as well. */
function readBag(text: string): readonly (readonly [string, string])[] | undefined {
  const bag: (readonly [string, string])[] = [];
  for (const part of text.replace(/^\?/, "").split("&")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    const [name, value] = at === -1 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    try {
      bag.push([decodeURIComponent(name), decodeURIComponent(value)]);
    } catch {
      return undefined;
    }
  }
  return bag;
}

/** MQTT 5.0 §2.2.2.2: a user property is two texts, each with its length before it. */
function encode(name: string, value: string): Buffer[] {
  return [Buffer.of(userProperty), ...[name, value].flatMap(encodeText)];
}

function encodeText(text: string): Buffer[] {
  const bytes = Buffer.from(text).subarray(0, longestText);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}
