import type { Preview } from "#components/batch/preview.ts";
import { batchText, batchWizardText } from "#components/strings/batch.ts";
import { manifestFields, type BatchOptions } from "#server/domain/device-batch.ts";
import type { OpenBatchInput } from "#server/services/batch/schemas.ts";
import type { BatchSource } from "#server/domain/device-batch.ts";
import { tagsOf } from "#components/device/identity-fields.tsx";

/** The file that was chosen, and what its beginning shows. */
export type ChosenFile = { readonly file: File; readonly preview: Preview };

/** Columns that are taken, by name; a column that is not there is left out. */
export type Mapping = Readonly<Record<string, string>>;

/** What was typed and chosen in the wizard. */
export type BatchDraft = {
  readonly source: BatchSource;
  readonly name: string;
  readonly profileId: string;
  readonly keys: BatchOptions["keys"];
  readonly quarantine: boolean;
  readonly sampleSize: string;
  readonly tags: string;
};

/** The file's name without its ending: what an order or a delivery is mostly called. */
export function nameOfFile(fileName: string): string {
  return fileName
    .replace(/\.[A-Za-z0-9]{1,8}$/, "")
    .trim()
    .slice(0, 120);
}

/** An attribute's name for a column. */
export function attributeOf(column: string): string {
  const name = column
    .trim()
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^[^A-Za-z]+|_+$/g, "")
    .slice(0, 64);
  return `attribute:${name === "" ? "column" : name}`;
}

/** What a target of a column is called. */
export function targetWords(target: string): string {
  const field = manifestFields.find((each) => each === target);
  if (field !== undefined) return batchText.fields[field];
  return batchWizardText.attribute(target.slice("attribute:".length));
}

/** What is wrong with a mapping, in a sentence; undefined when it will do. */
export function mappingProblem(mapping: Mapping): string | undefined {
  const targets = Object.values(mapping);
  const twice = targets.find((target, index) => targets.indexOf(target) !== index);
  if (twice !== undefined) return batchWizardText.twice(targetWords(twice));
  return targets.some((target) => ["deviceId", "name", "serial"].includes(target))
    ? undefined
    : batchWizardText.needsId;
}

/** The draft as the service takes it. */
export function openInput(draft: BatchDraft, file: File, mapping: Mapping): OpenBatchInput {
  const { source, name, profileId, keys, quarantine } = draft;
  return {
    source,
    name,
    profileId,
    fileName: file.name.slice(0, 255),
    options: {
      keys,
      quarantine,
      sampleSize: quarantine ? Number(draft.sampleSize) : 0,
      tags: tagsOf(draft.tags),
      mapping: source === "manifest" ? (mapping as BatchOptions["mapping"]) : {},
    },
  };
}
