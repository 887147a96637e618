import { downloadFile } from "#components/device/download.ts";
import { batchPageText } from "#components/strings/batch.ts";
import type { BatchView } from "#server/services/batch/view.ts";

/** What a problem document of our routes says (RFC 9457). */
type Problem = { readonly detail?: string; readonly remedy?: string };

/**
 * Fetches the bundle under a passphrase and hands it to the browser as a file. The passphrase goes
 * in the body: an address would end up in logs.
 * @returns what went wrong, in words; undefined when the file is here
 */
export async function bundleFile(
  batch: Pick<BatchView, "id" | "name">,
  passphrase: string,
): Promise<string | undefined> {
  const response = await fetch(`/api/v1/batches/${encodeURIComponent(batch.id)}/bundle`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ passphrase }),
  }).catch(() => undefined);
  if (response === undefined) return batchPageText.bundleBroken;
  if (!response.ok) {
    const problem = await response.json().then(
      (body: Problem) => body,
      (): Problem => ({}),
    );
    return [problem.detail ?? batchPageText.bundleFailed, problem.remedy]
      .filter((part) => typeof part === "string")
      .join(" ");
  }
  const bytes = await response.blob().catch(() => undefined);
  if (bytes === undefined) return batchPageText.bundleBroken;
  downloadFile(nameOf(response) ?? `${batch.id}.zip`, bytes);
  return undefined;
}

function nameOf(response: Response): string | undefined {
  return /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
}
