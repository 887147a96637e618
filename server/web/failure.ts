import { ServiceError, type FieldProblem, type ServiceErrorCode } from "#server/services/errors.ts";

/** An expected failure as it crosses to the browser. */
export type Failure = {
  readonly code: ServiceErrorCode | "internal";
  readonly message: string;
  readonly remedy: string | null;
  readonly fields: readonly FieldProblem[];
};

/** The expected failure in `error`, or undefined when it is a bug and has to be thrown on. */
export function failureOf(error: unknown): Failure | undefined {
  if (!(error instanceof ServiceError)) return undefined;
  const { code, message, remedy, fields } = error;
  return { code, message, remedy: remedy ?? null, fields };
}
