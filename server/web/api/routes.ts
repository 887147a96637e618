import { issueCertificateRoute, revokeCertificateRoute } from "#server/web/api/certificates.ts";
import {
  createDeviceRoute,
  decommissionDeviceRoute,
  listDevicesRoute,
  resumeDeviceRoute,
  showDeviceRoute,
  suspendDeviceRoute,
  updateDeviceRoute,
} from "#server/web/api/devices.ts";
import { createProfileRoute, listProfilesRoute } from "#server/web/api/profiles.ts";
import {
  latestRoute,
  ledgerRoute,
  listDeadLettersRoute,
  showDeadLetterRoute,
  telemetryRoute,
} from "#server/web/api/telemetry.ts";
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
  listDevicesRoute,
  createDeviceRoute,
  showDeviceRoute,
  updateDeviceRoute,
  decommissionDeviceRoute,
  suspendDeviceRoute,
  resumeDeviceRoute,
  issueCertificateRoute,
  revokeCertificateRoute,
  telemetryRoute,
  latestRoute,
  listDeadLettersRoute,
  showDeadLetterRoute,
  ledgerRoute,
  listProfilesRoute,
  createProfileRoute,
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
