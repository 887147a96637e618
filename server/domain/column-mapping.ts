import {
  manifestFields,
  type ColumnMapping,
  type ManifestField,
} from "#server/domain/device-batch.ts";

/** What manufacturers call the fields, without case, blanks and signs. */
const aliases: Readonly<Record<ManifestField, readonly string[]>> = {
  deviceId: ["deviceid", "device", "id", "thingname", "clientid", "commonname", "cn"],
  name: ["name", "devicename", "label", "displayname"],
  serial: ["serial", "serialnumber", "serialno", "sn", "seriennummer"],
  manufacturer: ["manufacturer", "vendor", "maker", "make", "hersteller"],
  model: ["model", "modelnumber", "product", "productcode", "type", "sku"],
  hardwareRevision: ["hardwarerevision", "hardware", "hwrevision", "hwrev", "revision", "rev"],
  tags: ["tags", "tag", "labels"],
  csr: ["csr", "csrpem", "certificaterequest", "certificatesigningrequest", "pkcs10"],
};

/** A column's name as it is compared: files of one maker differ in case and blanks only. */
function plainColumn(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");
}

/**
 * What the columns probably hold, by their names. Each field is given once, to the first column that
 * fits; columns that fit none are left out.
 */
export function guessMapping(columns: readonly string[]): ColumnMapping {
  const mapping: Record<string, ManifestField> = {};
  for (const field of manifestFields) {
    const column = columns.find(
      (name) => mapping[name] === undefined && aliases[field].includes(plainColumn(name)),
    );
    if (column !== undefined) mapping[column] = field;
  }
  return mapping;
}

/** What names the columns of a file, whatever their order: the text that a signature is made of. */
export function columnsText(columns: readonly string[]): string {
  return JSON.stringify(columns.map(plainColumn).toSorted());
}

/**
 * What is wrong with a mapping for a file with these columns, in words.
 * @returns undefined when it can be used
 */
export function mappingProblem(
  mapping: ColumnMapping,
  columns: readonly string[],
): string | undefined {
  const names = Object.keys(mapping);
  const missing = names.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    return `The file has no column “${missing}”. Its columns are: ${columns.slice(0, 20).join(", ")}.`;
  }
  const targets = Object.values(mapping);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) return `Two columns are mapped to ${twice}. Map one of them.`;
  if (targets.some((target) => ["deviceId", "name", "serial"].includes(target))) return undefined;
  return `No column says which device a row is: map one to deviceId, name or serial. The columns are: ${columns.slice(0, 20).join(", ")}.`;
}
