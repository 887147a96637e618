/** What a device may call itself: CN of its certificate, MQTT client id, one topic level. */
export const deviceIdPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** The pattern in words, for messages and forms. */
export const deviceIdRule =
  "Use 1 to 128 letters, digits, dots, underscores, colons or hyphens, beginning with a letter or digit.";

/** Whether a text can be a device id. */
export function isDeviceId(text: string): boolean {
  return deviceIdPattern.test(text);
}

/** A device id made of a free name: lower case, hyphens for the rest, "device" when nothing is left. */
export function deviceIdFromName(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 48)
    .replace(/-$/, "");
  return plain === "" ? "device" : plain;
}
