import { z } from "zod";
import { assessPassword, passwordMaxLength } from "#server/domain/password-strength.ts";

/** E-mail as it is stored and compared. */
export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254, "An e-mail address has at most 254 characters.")
  .pipe(z.email("This is not an e-mail address."));

/** What a person is called. */
export const personName = z
  .string()
  .trim()
  .min(1, "Say who this is.")
  .max(100, "At most 100 characters.");

/** A password to be: length and blocklist, nothing about its characters. */
export const newPassword = z.string().check((context) => {
  const { problem } = assessPassword(context.value);
  if (problem !== null) {
    context.issues.push({ code: "custom", message: problem, input: context.value });
  }
});

/** A password that is only compared. */
export const presentedPassword = z.string().min(1).max(passwordMaxLength);

/** Text of a one-time link. */
export const linkToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "This link is incomplete.");

export const signInInput = z.object({ email, password: presentedPassword });

export const setupInput = z
  .object({
    token: linkToken,
    organisation: z
      .string()
      .trim()
      .min(1, "Name your organisation.")
      .max(100, "At most 100 characters."),
    name: personName,
    email,
    password: newPassword,
  })
  .check((context) => {
    const { password, email: address, name, organisation } = context.value;
    const { problem } = assessPassword(password, [address, name, organisation]);
    if (problem === null) return;
    context.issues.push({
      code: "custom",
      path: ["password"],
      message: problem,
      input: password,
    });
  });
