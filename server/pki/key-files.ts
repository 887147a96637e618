import { createPrivateKey, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AuthorityUnusable, writeFileAtomically } from "#server/pki/authority-files.ts";
import { encryptKey } from "#server/pki/encrypt-key.ts";
import { encodePem } from "#server/pki/pem.ts";

/** The CA's private keys as files of one folder, under a passphrase if there is one. */
export type KeyFiles = {
  /**
   * @param name "root", "issuing", "issuing-4f2a91c0"
   * @throws AuthorityUnusable when it is damaged, readable by others, or under another passphrase
   */
  read(name: string): Promise<KeyObject>;
  write(name: string, key: KeyObject): Promise<void>;
  exists(name: string): boolean;
  place(name: string): Promise<"file" | "encrypted_file">;
  /** Puts a plain key under the passphrase. Does nothing without one. */
  protect(name: string): Promise<void>;
  /** Overwrites and deletes; from the first step on the key counts as gone. */
  destroy(name: string): Promise<void>;
};

const removedSuffix = ".removed";

function isEncrypted(text: string): boolean {
  return text.startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
}

/** What the file system keeps besides, a copy or a snapshot, nobody can reach from here. */
async function overwrite(file: string): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const { size } = await handle.stat();
    await handle.write(Buffer.alloc(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Ends what a crash interrupted: {@link KeyFiles.destroy} renames first. */
export async function finishDestroying(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names.filter((each) => each.endsWith(`.key${removedSuffix}`))) {
    await overwrite(path.join(folder, name));
    await rm(path.join(folder, name));
  }
}

async function readKeyText(file: string): Promise<string> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) {
    throw new AuthorityUnusable(
      `${file} can be read by other users (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
    );
  }
  return readFile(file, "utf8");
}

function openKey(file: string, text: string, passphrase: string | undefined): KeyObject {
  const encrypted = isEncrypted(text);
  if (encrypted && passphrase === undefined) {
    throw new AuthorityUnusable(
      `${file} is under a passphrase. Set CA_KEY_PASSPHRASE_FILE to the file that holds it.`,
    );
  }
  try {
    return createPrivateKey(
      passphrase === undefined || !encrypted ? text : { key: text, passphrase },
    );
  } catch {
    // The parser's text could quote the key.
  }
  throw new AuthorityUnusable(
    encrypted
      ? `The passphrase does not open ${file}. Check CA_KEY_PASSPHRASE_FILE or CA_KEY_PASSPHRASE; nothing was changed.`
      : `${file} is damaged: it is not a private key. Restore the folder ${path.dirname(file)} from a backup.`,
  );
}

/** @param passphrase what the keys are under, or are to be put under */
export function openKeyFiles(folder: string, passphrase: string | undefined): KeyFiles {
  const fileOf = (name: string): string => path.join(folder, `${name}.key`);
  const write = async (name: string, key: KeyObject): Promise<void> => {
    const der = key.export({ type: "pkcs8", format: "der" });
    const text =
      passphrase === undefined ? encodePem("PRIVATE KEY", der) : await encryptKey(key, passphrase);
    await writeFileAtomically(fileOf(name), text, 0o600);
  };
  const read = async (name: string): Promise<KeyObject> =>
    openKey(fileOf(name), await readKeyText(fileOf(name)), passphrase);
  const place = async (name: string): Promise<"file" | "encrypted_file"> =>
    isEncrypted(await readFile(fileOf(name), "utf8")) ? "encrypted_file" : "file";
  const destroy = async (name: string): Promise<void> => {
    const file = fileOf(name);
    if (!existsSync(file)) return;
    await rename(file, `${file}${removedSuffix}`);
    await finishDestroying(folder, [`${name}.key${removedSuffix}`]);
  };
  return {
    read,
    write,
    place,
    destroy,
    exists: (name) => existsSync(fileOf(name)),
    protect: async (name) => {
      if (passphrase === undefined || (await place(name)) === "encrypted_file") return;
      const key = await read(name);
      // The plain bytes are overwritten once the other file has taken the name.
      const plain = await open(fileOf(name), "r+");
      try {
        await write(name, key);
        const { size } = await plain.stat();
        await plain.write(Buffer.alloc(size), 0, size, 0);
        await plain.sync();
      } finally {
        await plain.close();
      }
    },
  };
}
