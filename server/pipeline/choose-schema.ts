import type { DeviceIdentity, InboundMessage } from "#server/pipeline/message.ts";
import type { Binding, BoundSchema, IngestProfile } from "#server/pipeline/profile.ts";
import { quoteName } from "#server/pipeline/readings.ts";
import { pass, refuse, type Stage } from "#server/pipeline/stage.ts";

/** @returns the media type without parameters, lower case; empty where there is none */
export function mediaType(contentType: string | undefined): string {
  if (contentType === undefined || contentType === "") return "";
  const end = contentType.indexOf(";");
  return (end === -1 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
}

/** @returns the stream of a telemetry channel: "pump" of "telemetry/pump", else empty */
export function streamOf(channel: string): string {
  return channel.startsWith("telemetry/") ? channel.slice("telemetry/".length) : "";
}

/**
 * The binding that a message falls under: stream and content type, then the stream alone, then the
 * content type alone, then the profile's main one.
 */
export function bindingFor(
  profile: IngestProfile,
  message: Pick<InboundMessage, "channel" | "contentType">,
): Binding {
  const { bindings, main } = profile;
  if (bindings.length === 0) return main;
  const stream = streamOf(message.channel);
  const type = mediaType(message.contentType);
  const find = (ofStream: string, ofType: string): Binding | undefined =>
    bindings.find((each) => each.stream === ofStream && each.contentType === ofType);
  return find(stream, type) ?? find(stream, "") ?? find("", type) ?? main;
}

/** The version that the device sends under this binding: the one on trial for some, else the current. */
export function versionFor({ current, canary }: Binding, device: DeviceIdentity): BoundSchema {
  if (canary === undefined) return current;
  const isOnTrial =
    canary.devices.has(device.deviceId) || Number(device.deviceKey % 100n) < canary.percent;
  return isOnTrial ? canary.schema : current;
}

/**
 * The version that a message's own word selects: `pump@3`, or `pump` for the bound one.
 * @param bound what applies without such a word
 * @returns the version, or the refusal that the profile's policy asks for
 */
export function namedVersion(
  reference: string | undefined,
  bound: BoundSchema,
  profile: IngestProfile,
): Stage<BoundSchema> {
  if (reference === undefined || bound.open) return pass(bound);
  const { schemaName, schemaVersion } = bound;
  if (reference === schemaName || reference === `${schemaName}@${schemaVersion}`) {
    return pass(bound);
  }
  const named = profile.named(reference);
  if (named !== undefined) return pass(named);
  switch (profile.unknownVersion) {
    case "latest":
      return pass(bound);
    case "refuse":
      return refuse("unknown-version", unknown(reference, bound));
    case "quarantine":
      return { ...refuse("unknown-version", unknown(reference, bound)), quarantined: true };
  }
}

function unknown(reference: string, { schemaName, schemaVersion }: BoundSchema): string {
  return `The message says schema ${quoteName(reference)}, which this device's profile does not have; it has ${schemaName}@${schemaVersion}. Publish that version, or change the message.`;
}
