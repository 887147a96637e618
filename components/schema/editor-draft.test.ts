import { describe, expect, it } from "vitest";
import { draftOf, emptyDefinition, readDraft } from "#components/schema/editor-draft.ts";
import type { SchemaDefinition } from "#server/domain/schema-definition.ts";

const full: SchemaDefinition = {
  format: "json",
  jsonSchema: { type: "object", properties: { a: { type: "number" } } },
  protobuf: null,
  processing: [{ op: "rename", from: "a", to: "b" }],
  dropWhen: "values.b < 0",
  examples: [{ name: "One", payload: "{}", encoding: "text", contentType: "", expect: "pass" }],
};

describe("a definition goes through the editor unchanged", () => {
  it.each([
    ["with everything", full],
    ["empty", emptyDefinition("json")],
    ["of Sparkplug, without a JSON Schema", emptyDefinition("sparkplug")],
    [
      "of Protobuf",
      {
        ...emptyDefinition("protobuf"),
        protobuf: { kind: "proto", source: "message A {}", messageType: "A" },
      } satisfies SchemaDefinition,
    ],
  ])("%s", (_, definition) => {
    expect(readDraft(draftOf(definition))).toMatchObject({ ok: true, definition });
  });
});

describe("a text that is no JSON object is a mistake at its place", () => {
  it.each([
    ["", { offset: 0, problem: "end" }],
    ["[]", { offset: 0, problem: "object" }],
    ['{ "type" }', { offset: 9, problem: "colon" }],
  ])("%j", (jsonText, mistake) => {
    expect(readDraft({ ...draftOf(full), jsonText })).toMatchObject({ ok: false, mistake });
  });
});

describe("steps are typed as they are kept", () => {
  it.each([
    [21.5, "21.5"],
    [true, "true"],
    [null, "null"],
    ["hand", "hand"],
    ["21.5", '"21.5"'],
    ["", ""],
  ])("a value of %j", (value, typed) => {
    const draft = draftOf({ ...full, processing: [{ op: "set", field: "a", value }] });

    expect(draft.processing[0]?.parts.value).toBe(typed);
    expect(readDraft(draft)).toMatchObject({
      definition: { processing: [{ op: "set", field: "a", value }] },
    });
  });

  it("a step that is not whole is left out and named", () => {
    const draft = draftOf(full);
    const [step] = draft.processing;
    const reading = readDraft({
      ...draft,
      processing: draft.processing.map((each) => ({ ...each, parts: { from: "a" } })),
    });

    expect(reading).toMatchObject({ ok: true, definition: { processing: [] } });
    expect(reading.ok && [...reading.unfinished.keys()]).toEqual([step?.key]);
  });
});
