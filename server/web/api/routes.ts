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
import { listRefusedConnectionsRoute } from "#server/web/api/refused-connections.ts";
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
import {
  createPasswordRoute,
  createSasKeyRoute,
  listCredentialsRoute,
  revokeCredentialRoute,
  rotateSasKeyRoute,
} from "#server/web/api/credentials.ts";
import { listLimitsRoute, resetLimitRoute, setLimitRoute } from "#server/web/api/limits.ts";
import {
  createServiceClientRoute,
  getServiceClientRoute,
  listServiceClientsRoute,
  removeServiceClientRoute,
  resumeServiceClientRoute,
  revokePasswordRoute,
  rotatePasswordRoute,
  suspendServiceClientRoute,
  updateGrantsRoute,
} from "#server/web/api/service-clients.ts";
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
  listCredentialsRoute,
  revokeCredentialRoute,
  createPasswordRoute,
  createSasKeyRoute,
  rotateSasKeyRoute,
  telemetryRoute,
  latestRoute,
  listDeadLettersRoute,
  showDeadLetterRoute,
  ledgerRoute,
  listRefusedConnectionsRoute,
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
  listServiceClientsRoute,
  createServiceClientRoute,
  getServiceClientRoute,
  removeServiceClientRoute,
  updateGrantsRoute,
  rotatePasswordRoute,
  revokePasswordRoute,
  suspendServiceClientRoute,
  resumeServiceClientRoute,
  listLimitsRoute,
  setLimitRoute,
  resetLimitRoute,
  listAuditRoute,
  verifyAuditRoute,
];
