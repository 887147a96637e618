import { CliError, UsageError } from "#server/cli/command.ts";
import { InvalidEnvironment } from "#server/env.ts";
import { ServiceError, type FieldProblem } from "#server/services/errors.ts";

/** How a failed command ends: `document` for --json, `text` for people. */
export type Failure = {
  readonly status: 1 | 2;
  readonly document: {
    readonly error: {
      readonly code: string;
      readonly message: string;
      readonly remedy: string | null;
      readonly fields?: readonly FieldProblem[];
    };
  };
  readonly text: string;
};

function failure(
  status: 1 | 2,
  error: Failure["document"]["error"],
  text = [error.message, error.remedy].filter((part) => part !== null).join(" "),
): Failure {
  return { status, document: { error }, text };
}

/** Maps whatever a command threw. A bug keeps its stack, on standard error only. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) {
    return failure(2, { code: "usage", message: error.message, remedy: null });
  }
  if (error instanceof CliError) {
    return failure(1, { code: error.code, message: error.message, remedy: error.remedy });
  }
  if (error instanceof ServiceError) {
    const { code, message, remedy = null, fields } = error;
    return failure(1, { code, message, remedy, ...(fields.length === 0 ? {} : { fields }) });
  }
  if (error instanceof InvalidEnvironment) {
    return failure(1, { code: "invalid", message: error.message, remedy: null });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return failure(
    1,
    {
      code: "internal",
      message: "Something went wrong inside Quayside.",
      remedy: "The details are on standard error; please report them.",
    },
    stack,
  );
}
