import { describe, expect, it } from "vitest";
import { draftOfRules, problemsOfFields, rulesOfDraft } from "#components/enrolment/rules-draft.ts";
import { enrolmentRules } from "#server/domain/enrolment-rules-schema.ts";

const profileId = "5a4f27a4-0d22-4c67-9a4a-1b86ffb7a001";
const plain = draftOfRules(enrolmentRules.parse({ profileId }));

describe("the form of a group's rules", () => {
  it("reads back what it shows", () => {
    const rules = enrolmentRules.parse({
      profileId,
      deviceIdTemplate: "pump-{serial}",
      tags: ["hall-2", "pilot"],
      attributes: { hall: "north", floor: 2, spare: false },
      quarantine: true,
      desired: { interval: 60 },
      subject: { commonName: "pump-*" },
      allow: ["A*", "B*"],
      maxDevices: 500,
      webhook: { url: "https://erp.example/approve" },
    });

    expect(rulesOfDraft(draftOfRules(rules))).toEqual({ ok: true, rules });
  });

  it("takes lists by the line, without blanks and repetitions", () => {
    const read = rulesOfDraft({ ...plain, allow: " A1 \n\nA2\nA1\r\n", tags: "a, b,,a" });

    expect(read).toMatchObject({ ok: true, rules: { allow: ["A1", "A2"], tags: ["a", "b"] } });
  });

  it.each([
    ["no profile", { profileId: "" }, "profileId"],
    ["an empty template", { deviceIdTemplate: " " }, "deviceIdTemplate"],
    ["a template of an unknown word", { nameTemplate: "{colour}" }, "nameTemplate"],
    ["a tag of two words", { tags: "hall 2" }, "tags"],
    ["a twin that is no JSON", { desired: "{interval: 60}" }, "desired"],
    ["a twin that is a list", { desired: "[1]" }, "desired"],
    ["a limit that is no number", { maxDevices: "many" }, "maxDevices"],
    ["a limit of nothing", { maxDevices: "0" }, "maxDevices"],
    ["a webhook without TLS", { webhook: "http://erp.example" }, "webhook"],
    ["an attribute without value", { attributes: "hall" }, "attributes"],
    ["a pattern that is too long", { deny: `ok\n${"x".repeat(129)}` }, "deny"],
  ] as const)("says what is wrong with %s", (_what, change, field) => {
    const read = rulesOfDraft({ ...plain, ...change });

    expect(read.ok ? {} : read.problems).toHaveProperty(field);
  });

  it("names the line of a list that does not fit", () => {
    const read = rulesOfDraft({ ...plain, deny: `ok\n${"x".repeat(129)}` });

    expect(read.ok ? "" : read.problems.deny).toMatch(/^Line 2: /);
  });
});

it("puts what the service says of a field where the field is", () => {
  expect(
    problemsOfFields([
      { path: "rules.subject.commonName", message: "No." },
      { path: "name", message: "Taken." },
    ]),
  ).toEqual({ commonName: "No." });
});
