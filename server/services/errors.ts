/** Why an expected failure happened; each transport maps the whole set, without a default. */
export type ServiceErrorCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "invalid"
  | "rate_limited"
  | "unavailable";

/** One input field and what is wrong with it. */
export type FieldProblem = { readonly path: string; readonly message: string };

/**
 * An expected failure: says what could not be done, to which thing, and (remedy) what to do next.
 * Its text is shown to people; it never holds SQL, a stack or a secret.
 */
export class ServiceError extends Error {
  readonly code: ServiceErrorCode;
  readonly remedy: string | undefined;
  readonly fields: readonly FieldProblem[];

  constructor(
    code: ServiceErrorCode,
    message: string,
    more: { readonly remedy?: string; readonly fields?: readonly FieldProblem[] } = {},
  ) {
    super(message);
    this.code = code;
    this.remedy = more.remedy;
    this.fields = more.fields ?? [];
  }
}
