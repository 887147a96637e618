import { maxDefinitionCharacters } from "#server/domain/schema-definition.ts";
import { schemaDefinition } from "#server/domain/schema-definition-schema.ts";

/** Deeper than any JSON Schema that may be used. */
const deepest = 64;

/** A definition as it is taken from people: small enough, and nothing that cannot be stored. */
export const definitionInput = schemaDefinition.superRefine((definition, at) => {
  const message = unstorable(definition);
  if (message !== undefined) at.addIssue({ code: "custom", message });
});

/** Walks without recursion: what is nested without end must not exhaust the stack. */
function unstorable(definition: object): string | undefined {
  const waiting: { readonly value: unknown; readonly depth: number }[] = [
    { value: definition, depth: 0 },
  ];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { value, depth } = at;
    if (depth > deepest) return `A definition is nested at most ${deepest} levels deep.`;
    if (typeof value === "string" && !isText(value)) return notText;
    if (typeof value !== "object" || value === null) continue;
    for (const [name, inner] of Object.entries(value)) {
      if (!isText(name)) return notText;
      waiting.push({ value: inner, depth: depth + 1 });
    }
  }
  return JSON.stringify(definition).length > maxDefinitionCharacters
    ? `A definition has at most ${maxDefinitionCharacters} characters.`
    : undefined;
}

const notText = "Leave out the characters that are no text (null, or half of a character).";

function isText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}
