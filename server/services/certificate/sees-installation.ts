import { may } from "#server/domain/roles.ts";
import type { Context } from "#server/services/context.ts";

/** Whether the caller sees the installation's own certificates beside those of devices. */
export const seesInstallation = (ctx: Context): boolean => may(ctx.role, "authority.view");
