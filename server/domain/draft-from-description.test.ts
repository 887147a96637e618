import { describe, expect, it } from "vitest";
import { draftFromDescription } from "#server/domain/draft-from-description.ts";

describe("draftFromDescription", () => {
  it("takes metrics and commands by name, and what the hardware is", () => {
    const drafted = draftFromDescription({
      metrics: {
        temperature: { type: "float", unit: "Cel", description: "Of the bearing", minimum: -40 },
        mode: { type: "enum", values: ["auto", "hand"] },
        running: "bool",
      },
      commands: { reboot: { description: "Starts anew" } },
      hardware: { manufacturer: "Acme", model: "P-200", revision: "C" },
    });

    expect(drafted).toEqual({
      jsonSchema: {
        type: "object",
        properties: {
          temperature: {
            type: "number",
            unit: "Cel",
            description: "Of the bearing",
            minimum: -40,
          },
          mode: { type: "string", enum: ["auto", "hand"] },
          running: { type: "boolean" },
        },
      },
      commands: [
        { name: "reboot", description: "Starts anew", parameters: null, expirySeconds: 300 },
      ],
      manufacturer: "Acme",
      model: "P-200",
      hardwareRevision: "C",
      notes: [],
    });
  });

  it("takes lists as well", () => {
    const drafted = draftFromDescription({
      metrics: [{ name: "level", type: "integer" }, "flow"],
      commands: ["open", { name: "close", parameters: { type: "object" } }],
    });

    expect(drafted.jsonSchema["properties"]).toEqual({
      level: { type: "integer" },
      flow: { type: "number" },
    });
    expect(drafted.commands.map(({ name }) => name)).toEqual(["open", "close"]);
  });

  it.each([
    ["a list", [], ["The description is no JSON object.", "It names no metrics."]],
    ["nothing of use", { a: 1 }, ["It names no metrics."]],
    [
      "names and types that cannot be",
      { metrics: { "a b": "number", blob: "bytes" }, commands: ["rm -rf"] },
      [
        'The metric "a b" cannot be used.',
        'The metric "blob" cannot be used.',
        'The command "rm -rf" cannot be used.',
      ],
    ],
    [
      "a prototype",
      JSON.parse('{"metrics":{"__proto__":{"type":"bytes"}}}') as unknown,
      ['The metric "__proto__" cannot be used.'],
    ],
  ])("%s is said", (_, description, notes) => {
    expect(draftFromDescription(description).notes).toEqual(notes);
  });
});
