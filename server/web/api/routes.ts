import { listAuditRoute, verifyAuditRoute } from "#server/web/api/audit.ts";
import type { AnyApiRoute } from "#server/web/api/describe.ts";
import {
  changeRoleRoute,
  disablePersonRoute,
  enablePersonRoute,
  invitePersonRoute,
  listPeopleRoute,
} from "#server/web/api/people.ts";
import { createTokenRoute, listTokensRoute, revokeTokenRoute } from "#server/web/api/tokens.ts";

/** Every route below /api/v1. A test compares this list with the files in app/api/v1. */
export const apiRoutes: readonly AnyApiRoute[] = [
  listTokensRoute,
  createTokenRoute,
  revokeTokenRoute,
  listPeopleRoute,
  invitePersonRoute,
  changeRoleRoute,
  disablePersonRoute,
  enablePersonRoute,
  listAuditRoute,
  verifyAuditRoute,
];
