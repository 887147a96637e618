import { describeLimit, type LimitDescription } from "#server/domain/listener-limits.ts";
import { ServiceError } from "#server/services/errors.ts";

type Target = { readonly scope: string; readonly name: string };

/** @throws ServiceError not_found */
export function requireLimit({ scope, name }: Target): LimitDescription {
  const description = describeLimit(scope, name);
  if (description !== undefined) return description;
  throw new ServiceError("not_found", `There is no limit “${name}” of a ${scope}.`, {
    remedy: "Choose one of the list of limits.",
  });
}

/** How the audit trail names a limit. */
export function limitTarget({ scope, name }: Target): string {
  return `limit:${scope}.${name}`;
}
