import { schemaText } from "#components/strings/schema.ts";

/** A version in a sentence, with its schema's name where that is another one. */
export function versionWords(here: string, name: string, version: number): string {
  return name === here ? schemaText.versionLong(version) : schemaText.versionOf(name, version);
}
