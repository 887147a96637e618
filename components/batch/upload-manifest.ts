import { mediaTypeOf } from "#components/batch/media-type.ts";
import { previewBytes } from "#components/batch/preview.ts";
import { batchWizardText } from "#components/strings/batch.ts";

/** What became of an upload. */
export type Upload =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly remedy: string | null };

/** What a problem document of our routes says (RFC 9457). */
type Problem = { readonly detail?: string; readonly title?: string; readonly remedy?: string };

function problemOf(request: XMLHttpRequest): Upload {
  let problem: Problem = {};
  try {
    problem = JSON.parse(request.responseText) as Problem;
  } catch {
    // Not from us: its status says what can be said.
  }
  return {
    ok: false,
    message: problem.detail ?? problem.title ?? batchWizardText.answered(request.status),
    remedy: problem.remedy ?? null,
  };
}

/**
 * Sends the file of a batch. `fetch` tells nobody how much of a body is sent; XMLHttpRequest does.
 * @param onProgress bytes that are sent
 */
export async function uploadManifest(
  batchId: string,
  file: File,
  onProgress: (sent: number) => void,
): Promise<Upload> {
  const query = new URLSearchParams({ fileName: file.name.slice(0, 255) });
  const type = mediaTypeOf(await file.slice(0, previewBytes).text());
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(
      "PUT",
      `/api/v1/batches/${encodeURIComponent(batchId)}/manifest?${query.toString()}`,
    );
    request.setRequestHeader("content-type", type);
    request.upload.addEventListener("progress", ({ loaded }) => onProgress(loaded));
    request.addEventListener("load", () =>
      resolve(request.status >= 200 && request.status < 300 ? { ok: true } : problemOf(request)),
    );
    request.addEventListener("error", () =>
      resolve({
        ok: false,
        message: batchWizardText.interrupted,
        remedy: batchWizardText.interruptedRemedy,
      }),
    );
    request.send(file);
  });
}
