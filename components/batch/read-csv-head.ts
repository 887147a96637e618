const delimiters = [",", ";", "\t"] as const;

/** The sign that divides the first line into most cells. */
function delimiterOf(text: string): string {
  const line = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const bare = line.replace(/"(?:[^"]|"")*"/g, "");
  const counts = delimiters.map((sign) => bare.split(sign).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}

type Reading = { readonly records: string[][]; record: string[]; cell: string; quoted: boolean };

function endRecord(reading: Reading): void {
  reading.record.push(reading.cell);
  if (reading.record.length > 1 || reading.cell !== "") reading.records.push(reading.record);
  reading.record = [];
  reading.cell = "";
}

/** One sign outside or inside quotes. @returns how many signs were taken */
function take(reading: Reading, text: string, at: number, delimiter: string): number {
  const sign = text.charAt(at);
  if (reading.quoted) {
    if (sign !== '"') reading.cell += sign;
    else if (text.charAt(at + 1) === '"') {
      reading.cell += '"';
      return 2;
    } else reading.quoted = false;
    return 1;
  }
  if (sign === '"' && reading.cell === "") reading.quoted = true;
  else if (sign === delimiter) {
    reading.record.push(reading.cell);
    reading.cell = "";
  } else if (sign === "\n") endRecord(reading);
  else if (sign !== "\r") reading.cell += sign;
  return 1;
}

/**
 * The first records of a CSV file, as its beginning shows them [RFC 4180 2].
 * @param whole the text is the whole file; else a record that is cut off at its end is left out
 */
export function readCsvHead(
  text: string,
  { most, whole }: { readonly most: number; readonly whole: boolean },
): readonly (readonly string[])[] {
  const delimiter = delimiterOf(text);
  const reading: Reading = { records: [], record: [], cell: "", quoted: false };
  let at = 0;
  while (at < text.length && reading.records.length < most) {
    at += take(reading, text, at, delimiter);
  }
  if (whole && reading.records.length < most) endRecord(reading);
  return reading.records;
}
