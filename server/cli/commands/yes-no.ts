import { UsageError, type Invocation } from "#server/cli/command.ts";

/**
 * An option that says yes or no; no where it was not given.
 * @throws UsageError when it says anything else
 */
export function yesNoOf(at: Invocation, name: string): boolean {
  const text = at.option(name) ?? "no";
  if (text === "yes" || text === "no") return text === "yes";
  throw new UsageError(`--${name} must be yes or no.`);
}
