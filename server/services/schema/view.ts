import type { DataCategory } from "#server/domain/data-category.ts";
import type {
  SchemaDefinition,
  SchemaExample,
  SchemaFormat,
} from "#server/domain/schema-definition.ts";

/** A schema in a list. Instants are ISO 8601. */
export type SchemaSummary = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly format: SchemaFormat;
  /** Null before the first is published. */
  readonly latestVersion: number | null;
  readonly hasDraft: boolean;
  readonly draftUpdatedAt: string | null;
  readonly draftUpdatedBy: string | null;
  /** That have a version of it bound or on trial. */
  readonly profiles: number;
};

export type VersionSummary = {
  readonly version: number;
  readonly schemaId: number;
  readonly publishedAt: string;
  /** Empty for versions that came with their profile. */
  readonly publishedBy: string;
  readonly notes: string;
  readonly digest: string;
  readonly fields: number;
};

export type CanaryView = {
  readonly schema: string;
  readonly version: number;
  readonly percent: number;
  readonly devices: readonly string[];
};

/** Which version the messages of a profile have, by stream and content type. */
export type BindingView = {
  readonly profileId: string;
  readonly profileName: string;
  /** The profile that gains fields by itself; its main binding cannot be changed. */
  readonly open: boolean;
  readonly stream: string;
  readonly contentType: string;
  readonly schema: string;
  readonly version: number;
  readonly canary: CanaryView | null;
  /** What a roll-back returns to. */
  readonly previousVersion: number | null;
  readonly previousSchema: string | null;
  readonly changedAt: string;
  readonly changedBy: string;
};

export type SchemaView = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly format: SchemaFormat;
  /** Of the draft, whether or not there is one now: what saveDraft and publishSchema are given. */
  readonly revision: number;
  readonly draft: {
    readonly definition: SchemaDefinition;
    readonly revision: number;
    readonly updatedAt: string;
    readonly updatedBy: string;
  } | null;
  /** Newest first. */
  readonly versions: readonly VersionSummary[];
  readonly bindings: readonly BindingView[];
};

/** A field as it is stored. */
export type SchemaFieldView = {
  readonly name: string;
  readonly type: string;
  readonly unit: string | null;
  readonly description: string;
  readonly category: DataCategory;
  readonly deprecated: boolean;
  /** In the stored row. */
  readonly position: number;
};

/** One thing that is different in a newer version. */
export type SchemaChange = {
  /** JSON pointer into the JSON Schema. */
  readonly path: string;
  readonly kind: string;
  /** In words. */
  readonly message: string;
  readonly breaks: "backward" | "forward" | "both" | "none";
};

export type CompatibilityView = {
  /** The version that it was compared with. */
  readonly version: number;
  readonly changes: readonly SchemaChange[];
  /** Those for which something that was taken before would be refused. */
  readonly backward: readonly SchemaChange[];
  /** Those for which the version before would refuse something new. */
  readonly forward: readonly SchemaChange[];
};

export type SchemaVersionView = Omit<VersionSummary, "fields"> & {
  readonly name: string;
  readonly format: SchemaFormat;
  /** Of versions without one it is made of their JSON Schema; the open profile's takes anything. */
  readonly definition: SchemaDefinition;
  readonly fields: readonly SchemaFieldView[];
  readonly compatibility: CompatibilityView | null;
};

/** Something that keeps a definition from being published; `path` is a JSON pointer into it. */
export type DefinitionProblem = { readonly path: string; readonly message: string };

export type ExampleView = Pick<SchemaExample, "name" | "expect"> & {
  readonly result: "pass" | "fail";
  /** Why it was refused, or what would be stored. */
  readonly detail: string;
  /** As expected. */
  readonly ok: boolean;
};

export type DefinitionCheck = {
  readonly problems: readonly DefinitionProblem[];
  /** Empty while there are problems. */
  readonly fields: readonly SchemaFieldView[];
  /** In the definition's order; empty while there are problems. */
  readonly examples: readonly ExampleView[];
  /** Null before the first version, and while there are problems. */
  readonly compatibility: CompatibilityView | null;
};

export type Proof = {
  readonly samples: { readonly checked: number; readonly passed: number; readonly failed: number };
  readonly deadLetters: {
    readonly checked: number;
    readonly wouldPass: number;
    readonly wouldFail: number;
  };
  /** Whose kept messages would be refused, most first; at most 100. */
  readonly devices: readonly {
    readonly deviceId: string;
    readonly firmware: string | null;
    readonly checked: number;
    readonly failed: number;
    /** Of the first that would be refused; never payload text. */
    readonly detail: string;
  }[];
  /** How many such devices there are in all. */
  readonly devicesFailing: number;
  readonly firmware: readonly {
    readonly firmware: string | null;
    readonly devices: number;
    readonly failed: number;
  }[];
  /** Milliseconds. */
  readonly took: number;
  /** It took too long and stopped: the counts are of what was looked at. */
  readonly stopped: boolean;
};

/** A payload that was kept, as the editor takes it for an example. */
export type SampleView = {
  readonly deviceId: string;
  readonly firmware: string | null;
  readonly receivedAt: string;
  readonly stream: string;
  readonly contentType: string;
  readonly payload: string;
  readonly encoding: "text" | "base64";
};

export type SchemaDocument = {
  readonly name: string;
  readonly version: number;
  readonly fields: readonly SchemaFieldView[];
  readonly snippets: readonly {
    readonly id: string;
    readonly name: string;
    readonly code: string;
  }[];
};
