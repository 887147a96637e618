import { z } from "zod";
import type { CertificateAfter, CertificateRow } from "#server/db/list-certificates.ts";
import type { CertificateSort } from "#server/domain/certificate-filter.ts";
import { certificateSorts } from "#server/domain/certificate-filter.ts";
import { ServiceError } from "#server/services/errors.ts";

const cursorSchema = z
  .object({
    s: z.enum(certificateSorts),
    at: z.iso.datetime(),
    device: z.boolean(),
    id: z.string().max(200),
  })
  .refine(({ device, id }) => !device || z.uuid().safeParse(id).success);

/** Where the next page starts, as text that the caller only carries back. */
export function encodeCertificateCursor(
  sort: CertificateSort,
  last: Pick<CertificateRow, "kind" | "id" | "notAfter">,
): string {
  const body: z.input<typeof cursorSchema> = {
    s: sort,
    at: last.notAfter.toISOString(),
    device: last.kind === "device",
    id: last.id,
  };
  return Buffer.from(JSON.stringify(body), "utf8").toString("base64url");
}

/** @throws ServiceError invalid when the text is no cursor or one of another order */
export function decodeCertificateCursor(sort: CertificateSort, text: string): CertificateAfter {
  const cursor = cursorSchema.safeParse(jsonOf(text)).data;
  if (cursor === undefined || cursor.s !== sort) {
    throw new ServiceError("invalid", "The page marker (cursor) does not belong to this list.", {
      remedy: "Start again from the first page, without a cursor.",
      fields: [{ path: "cursor", message: "does not belong to this list" }],
    });
  }
  return { notAfter: new Date(cursor.at), ofDevice: cursor.device, id: cursor.id };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
