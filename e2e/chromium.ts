import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** Not @sparticuz/chromium's own list: `--single-process` crashes on the second page. */
export const chromiumFlags: readonly string[] = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--no-first-run",
];

/** A browser that is there: CHROMIUM_PATH, the system's, Playwright's own, the one from npm. */
export async function chromiumPath(): Promise<string> {
  const candidates = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium", chromium.executablePath()];
  const found = candidates.find((path) => path !== undefined && path !== "" && existsSync(path));
  if (found !== undefined) return found;
  const { default: packaged } = await import("@sparticuz/chromium");
  return packaged.executablePath();
}
