import { z } from "zod";

const name = z
  .string()
  .trim()
  .min(1, "Give it a name.")
  .max(100, "A name has at most 100 characters.");

const firmware = z
  .array(z.string().trim().min(1).max(64, "A version has at most 64 characters."))
  .max(100, "At most 100 versions.");

const note = z.string().trim().max(500, "A note has at most 500 characters.");

export const addTrustAnchorSchema = z.object({
  name,
  pem: z
    .string()
    .trim()
    .min(1, "Paste the certificate or choose its file.")
    .max(65_536, "The certificate is longer than 65536 characters."),
  /** Versions that have it built in; empty: all. */
  firmware: firmware.default([]),
  /** Name or UUID of the profile whose devices run it; empty: any. */
  profile: z.string().trim().max(200).default(""),
  note: note.default(""),
});

export const trustAnchorTarget = z.object({ trustAnchorId: z.uuid("Which trust anchor?") });

/** What is absent stays as it is. */
export const changeTrustAnchorSchema = trustAnchorTarget.extend({
  name: name.optional(),
  firmware: firmware.optional(),
  profile: z.string().trim().max(200).optional(),
  note: note.optional(),
});
