/** Names that Windows does not give to a file, whatever follows a dot. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Gives each device a folder that every system can make: a device id may hold colons, and two ids may
 * differ in case only.
 */
export class FolderNames {
  readonly #taken = new Set<string>();

  /** @param line of the device's row; added where the id alone is no name of its own */
  next(deviceId: string, line: number): string {
    const plain = deviceId.replaceAll(":", "_");
    const isUsable =
      !reserved.test(plain) && !plain.endsWith(".") && !this.#taken.has(plain.toLowerCase());
    const name = isUsable ? plain : `${plain}~${line}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}
