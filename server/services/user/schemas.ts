import { z } from "zod";
import { roles } from "#server/domain/roles.ts";
import { newPassword, presentedPassword } from "#server/services/auth/schemas.ts";

export const role = z.enum(roles, { error: "Choose a role." });

const userId = z.uuid({ error: "This is not the id of a person." });

export const userTarget = z.object({ userId });

export const changeRoleInput = z.object({ userId, role });

export const changePasswordInput = z.object({
  currentPassword: presentedPassword,
  newPassword,
});
