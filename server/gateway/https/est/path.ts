/** What EST does, RFC 7030 §3.2.2; `serverkeygen` and `fullcmc` are optional and not there. */
export const estOperations = ["cacerts", "simpleenroll", "simplereenroll", "csrattrs"] as const;
export type EstOperation = (typeof estOperations)[number];

export type EstPath = {
  readonly operation: EstOperation;
  /** Id of an enrolment group; undefined where the path has none. */
  readonly label: string | undefined;
};

const prefix = "/.well-known/est/";

/** `/.well-known/est/{operation}` or `/.well-known/est/{label}/{operation}`; undefined for the rest. */
export function readEstPath(path: string): EstPath | undefined {
  if (!path.startsWith(prefix)) return undefined;
  const [first = "", second, more] = path.slice(prefix.length).split("/", 3);
  if (more !== undefined) return undefined;
  const name = second ?? first;
  const operation = estOperations.find((each) => each === name);
  if (operation === undefined) return undefined;
  if (second === undefined) return { operation, label: undefined };
  return /^[A-Za-z0-9._~-]{1,128}$/.test(first) ? { operation, label: first } : undefined;
}
