import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { AuthorityUnusable, writeFileAtomically } from "#server/pki/authority-files.ts";

const keyPlace = z.enum(["file", "encrypted_file", "pkcs11", "absent"]);
export type KeyPlace = z.infer<typeof keyPlace>;

/** What files of an issuing CA begin with; the first one's is plain "issuing". */
const name = z.string().regex(/^issuing(?:-[0-9a-f]{8})?$/);
/** Of a key in a PKCS #11 token, hex. */
const keyId = z.string().regex(/^[0-9a-f]{2,64}$/);

const keyEntry = z.object({ name, keyPlace, keyId: keyId.optional() });
const issuingEntry = keyEntry.extend({ state: z.enum(["active", "trusted", "retired"]) });
export type KeyEntry = z.infer<typeof keyEntry>;
export type IssuingEntry = z.infer<typeof issuingEntry>;

const indexSchema = z.object({
  version: z.literal(1),
  rootKeyPlace: keyPlace,
  /** Newest first; one is active. */
  issuing: z.array(issuingEntry).min(1),
  /** A key whose certificate another root has yet to make. */
  request: keyEntry.optional(),
});

/** Which CAs there are. It holds no secret; replacing this file is what makes a change of CAs. */
export type AuthorityIndex = z.infer<typeof indexSchema>;

const fileName = "authorities.json";

/** An installation from before there was an index: its four files, and nothing else. */
export const firstIndex: AuthorityIndex = {
  version: 1,
  rootKeyPlace: "file",
  issuing: [{ name: "issuing", state: "active", keyPlace: "file" }],
};

/**
 * Reads the index.
 * @returns undefined when there is none
 * @throws AuthorityUnusable when it is damaged
 */
export async function readIndex(folder: string): Promise<AuthorityIndex | undefined> {
  const file = path.join(folder, fileName);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const index = indexSchema.parse(JSON.parse(text));
    if (index.issuing.filter(({ state }) => state === "active").length === 1) return index;
  } catch {
    // Told below.
  }
  throw new AuthorityUnusable(`${file} is damaged. Restore the folder ${folder} from a backup.`);
}

/** Makes a change of CAs: before it nothing has happened, after it all. */
export async function writeIndex(folder: string, index: AuthorityIndex): Promise<void> {
  const text = `${JSON.stringify(index, undefined, 2)}\n`;
  await writeFileAtomically(path.join(folder, fileName), text, 0o644);
}
