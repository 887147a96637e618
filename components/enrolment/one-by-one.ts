import { authText } from "#components/strings/auth.ts";
import type { ActionResult } from "#server/web/action.ts";

/**
 * Runs a server action for each input, one after the other, whatever becomes of the others.
 * @param onDone told how many are through
 * @returns how many succeeded, and what was said of the first that did not
 */
export async function oneByOne<I, T>(
  inputs: readonly I[],
  action: (input: I) => Promise<ActionResult<T>>,
  onDone: (count: number) => void,
): Promise<{ readonly succeeded: number; readonly problem: string | undefined }> {
  let succeeded = 0;
  let problem: string | undefined;
  for (const [index, input] of inputs.entries()) {
    // One at a time: each takes a lock on the same group, and the count is shown meanwhile.
    const result = await action(input).catch(() => undefined);
    if (result?.ok === true) succeeded += 1;
    else problem ??= result?.error.message ?? authText.noAnswer;
    onDone(index + 1);
  }
  return { succeeded, problem };
}
