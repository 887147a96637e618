import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { newEncryptionKey } from "#server/crypto/envelope.ts";

const secret = z.string().min(32);
const schema = z.object({
  ownerPassword: secret,
  appPassword: secret,
  ingestPassword: secret,
  sessionSecret: secret,
  /** Seals secrets in the database; see server/crypto/envelope.ts. */
  encryptionKey: secret,
});

/** As written before there was a key for sealing: such an installation has nothing sealed yet. */
const written = schema.extend({ encryptionKey: secret.optional() });

/** Secrets that this installation made for itself. */
export type Secrets = z.infer<typeof schema>;

/** Something in DATA_DIR is damaged; the message names the file and the remedy. */
export class DamagedData extends Error {}

/** Writes a file that only this user can read, wholly or not at all. */
export function writePrivateFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

function completed(file: string, known: z.infer<typeof written>): Secrets {
  const { encryptionKey } = known;
  if (encryptionKey !== undefined) return { ...known, encryptionKey };
  const secrets = { ...known, encryptionKey: newEncryptionKey() };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/**
 * Reads DATA_DIR/secrets.json, making it at the first start.
 * @throws DamagedData when it exists and cannot be understood
 */
export function loadSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, "secrets.json");
  if (existsSync(file)) {
    try {
      return completed(file, written.parse(JSON.parse(readFileSync(file, "utf8"))));
    } catch (error) {
      // The disk is full, for example: the file itself is not to blame.
      if (error instanceof Error && "syscall" in error) throw error;
      throw new DamagedData(
        `${file} is damaged. Restore it from a backup of DATA_DIR; without it the database cannot be opened. To begin anew instead, delete ${dataDir} (everything stored is lost).`,
      );
    }
  }
  if (existsSync(path.join(dataDir, "pg", "PG_VERSION"))) {
    throw new DamagedData(
      `${file} is missing but ${path.join(dataDir, "pg")} holds a database that needs it. Restore it from a backup of DATA_DIR, or delete ${dataDir} to begin anew (everything stored is lost).`,
    );
  }
  const make = () => randomBytes(32).toString("base64url");
  const secrets: Secrets = {
    ownerPassword: make(),
    appPassword: make(),
    ingestPassword: make(),
    sessionSecret: make(),
    encryptionKey: newEncryptionKey(),
  };
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** The key for sealing of the installation that runs on DATA_DIR; undefined where there is none. */
export function readEncryptionKey(dataDir: string): string | undefined {
  const file = path.join(dataDir, "secrets.json");
  return existsSync(file) ? loadSecrets(dataDir).encryptionKey : undefined;
}
