import { open } from "node:fs/promises";
import { CliError } from "#server/cli/command.ts";

/** Exports may be personal: nobody else on the machine reads the file. */
const fileMode = 0o600;

/**
 * Writes what an export gives, page by page, into a new file.
 * @returns how many lines
 * @throws CliError when the file exists or cannot be made
 */
export async function writeLines(
  file: string,
  pages: AsyncGenerator<string, void>,
): Promise<number> {
  const handle = await open(file, "wx", fileMode).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      "conflict",
      `${file} cannot be made: ${why}.`,
      "Name a file that is not there.",
    );
  });
  let lines = 0;
  try {
    for await (const page of pages) {
      await handle.write(page);
      lines += page.split("\n").length - 1;
    }
  } finally {
    await handle.close();
  }
  return lines;
}
