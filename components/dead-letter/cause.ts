import { causeText, wordsOfReason } from "#components/strings/dead-letter.ts";

type Cause = {
  readonly reason: string;
  /** JSON pointer into the values. */
  readonly path: string;
  /** Keyword of the schema, "required:pressure" where a name belongs to it. */
  readonly errorKind: string;
  readonly schema: { readonly name: string; readonly version: number } | null;
};

/** A pointer as people write a field: "/motor/temps/*" is "motor.temps[]". */
export function fieldOfPath(pointer: string): string {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((field, step) => {
      if (step === "*" || /^\d+$/.test(step)) return `${field}[]`;
      return field === "" ? step : `${field}.${step}`;
    }, "");
}

/** What is wrong, in a few words: "pressure is missing". */
export function causeTitle({ reason, path, errorKind }: Omit<Cause, "schema">): string {
  if (reason !== "schema-mismatch") return titleAt(wordsOfReason(reason).title, fieldOfPath(path));
  const [keyword = "", ...rest] = errorKind.split(":");
  const around = fieldOfPath(path);
  const name = rest.join(":");
  const inner = [around, name].filter((part) => part !== "").join(".");
  const words = causeText.ofKeyword(keyword);
  if (words === undefined) return titleAt(wordsOfReason(reason).title, inner);
  return words(inner === "" ? causeText.values : inner);
}

/** The cause with the schema that it was found with: "pressure is missing · pump@3". */
export function causeName(cause: Cause): string {
  const title = causeTitle(cause);
  return cause.schema === null
    ? title
    : causeText.withSchema(title, cause.schema.name, cause.schema.version);
}

function titleAt(title: string, field: string): string {
  return field === "" ? title : causeText.at(title, field);
}
