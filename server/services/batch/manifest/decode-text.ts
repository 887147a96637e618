import { ServiceError } from "#server/services/errors.ts";

const remedy = "Save the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and send it again.";

function refused(message: string, what = remedy): ServiceError {
  return new ServiceError("invalid", message, { remedy: what });
}

/** ZIP, which is what a workbook is, and UTF-16 in both orders; UTF-16 fails as UTF-8 otherwise as well. */
function refuseOtherKinds(start: Uint8Array): void {
  const [first, second] = start;
  if (first === 0x50 && second === 0x4b) {
    throw refused(
      "This is a workbook or an archive, not a text file in UTF-8.",
      "Save the sheet as “CSV UTF-8” and send that.",
    );
  }
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (isUtf16) throw refused("The file is encoded in UTF-16; it must be UTF-8.");
}

/**
 * The text of a file while it arrives, in pieces of at most 64 KiB. A byte order mark is left out.
 * @param at.most bytes that are read; reading stops at the first one beyond them
 * @param at.seen called with each piece before it is decoded
 * @throws ServiceError invalid: larger than that, not UTF-8, or no text
 */
export async function* decodeText(
  body: AsyncIterable<Uint8Array>,
  at: { readonly most: number; readonly seen: (bytes: Uint8Array) => void },
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let size = 0;
  for await (const bytes of body) {
    if (size === 0) refuseOtherKinds(bytes);
    size += bytes.byteLength;
    if (size > at.most) {
      throw refused(
        `The file is larger than ${Math.floor(at.most / 1_048_576)} MB.`,
        "Split it into several batches.",
      );
    }
    at.seen(bytes);
    for (let from = 0; from < bytes.byteLength; from += 65_536) {
      const text = decode(decoder, bytes.subarray(from, from + 65_536), true);
      if (text !== "") yield text;
    }
  }
  const rest = decode(decoder, new Uint8Array(), false);
  if (rest !== "") yield rest;
}

function decode(decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string {
  let text: string;
  try {
    text = decoder.decode(bytes, { stream });
  } catch {
    throw refused("The file is not encoded in UTF-8.");
  }
  if (text.includes("\0")) throw refused("The file holds null characters: it is no text in UTF-8.");
  return text;
}
