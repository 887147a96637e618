/** A device's URN (RFC 9039) with what divides it from the rest of the name. */
const devicePart = /^(urn:dev:[a-z]+:[^:/_]*)[:/_]?/;
const startsLikeField = /^[\p{L}_]/u;

/**
 * What a SenML name is as a field: without the device, of which the pipeline knows already, and
 * with "_" in front where no field begins so ("/3303/0/5700"). A base name that is a device and
 * nothing else is divided from the name even where the sender does not.
 */
export function senmlFieldName(
  baseName: string,
  ownName: string,
): { readonly name: string; readonly device: string | undefined } {
  const base = devicePart.exec(baseName);
  const isDeviceAlone = base !== null && base[0].length === baseName.length;
  const name = isDeviceAlone ? ownName : baseName + ownName;
  const [whole = "", device] = isDeviceAlone ? ["", base[1]] : (devicePart.exec(name) ?? []);
  const rest = name.slice(whole.length);
  const field = rest === "" ? "value" : rest;
  return { name: startsLikeField.test(field) ? field : `_${field}`, device };
}
