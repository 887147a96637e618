import { describe, expect, it } from "vitest";
import { assessPassword } from "#server/domain/password-strength.ts";

const person = ["mara.lindqvist@harbour-works.example", "Mara Lindqvist", "Harbour Works"];

describe("a password is refused", () => {
  it.each([
    ["shorter than 15", "k7#Qv!x9Lm2$Tz"],
    ["empty", ""],
    ["a common word and a row of digits", "Password1234567"],
    ["a common word in leet and digits", "P@ssw0rd12345678"],
    ["one letter", "aaaaaaaaaaaaaaaaaaaa"],
    ["the alphabet", "abcdefghijklmnopqrstuvwxyz"],
    ["a keyboard row twice", "qwertyuiopqwertyuiop"],
    ["a common word three times", "admin-admin-admin"],
    ["a short block again and again", "xkqzxkqzxkqzxkqz"],
    ["the person's own names", "MaraLindqvistHarbour"],
    ["longer than 256", "x7Rk".repeat(65)],
  ])("when it is %s", (_, password) => {
    expect(assessPassword(password, person).problem).not.toBeNull();
  });
});

describe("a password may be used", () => {
  it.each([
    ["unrelated words", "copper lantern drifts north", 4],
    ["unrelated words without spaces", "copperlanterndrifts", 2],
    ["random characters", "k7#Qv!x9Lm2$TzPw", 2],
    ["other scripts", "гавань якорь туман сорок", 4],
    ["spaces and emoji", "tea 🫖 at four o'clock", 3],
  ])("when it is %s", (_, password, atLeast) => {
    const { score, problem } = assessPassword(password, person);
    expect(problem).toBeNull();
    expect(score).toBeGreaterThanOrEqual(atLeast);
  });

  it("and what the person is called makes it weaker", () => {
    const password = "lindqvist harbour seven";
    expect(assessPassword(password, person).score).toBeLessThan(assessPassword(password).score);
  });
});
